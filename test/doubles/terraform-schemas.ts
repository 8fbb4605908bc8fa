/** The type of an attribute, with a prefix: `!` if it is required, `=` if it is computed, none if it is optional. */
type Attributes = Readonly<Record<string, string>>

export interface BlockSchema {
  readonly attributes: Attributes
  readonly blocks?: Readonly<Record<string, BlockSchema>>
}

const metadata: BlockSchema = {
  attributes: { http_endpoint: 'string', http_tokens: 'string', http_put_response_hop_limit: 'number' },
}
const ebs: BlockSchema = {
  attributes: { encrypted: 'bool', volume_type: 'string', volume_size: 'number', tags: 'map' },
}

/** The resources of the AWS provider that the examples use, based on its documentation. */
export const awsResources: Readonly<Record<string, BlockSchema>> = {
  aws_instance: {
    attributes: {
      id: '=string',
      ami: 'string',
      instance_type: 'string',
      subnet_id: 'string',
      key_name: 'string',
      iam_instance_profile: 'string',
      vpc_security_group_ids: 'set',
      user_data_base64: 'string',
      user_data_replace_on_change: 'bool',
      tags: 'map',
    },
    blocks: { metadata_options: metadata, root_block_device: ebs },
  },
  aws_launch_template: {
    attributes: {
      id: '=string',
      latest_version: '=number',
      name: 'string',
      image_id: 'string',
      instance_type: 'string',
      key_name: 'string',
      vpc_security_group_ids: 'set',
      user_data: 'string',
      tags: 'map',
    },
    blocks: {
      iam_instance_profile: { attributes: { name: 'string', arn: 'string' } },
      metadata_options: metadata,
      block_device_mappings: { attributes: { device_name: 'string' }, blocks: { ebs } },
      tag_specifications: { attributes: { resource_type: 'string', tags: 'map' } },
    },
  },
  aws_autoscaling_group: {
    attributes: {
      id: '=string',
      name: 'string',
      min_size: '!number',
      max_size: '!number',
      vpc_zone_identifier: 'set',
    },
    blocks: {
      launch_template: { attributes: { id: 'string', version: 'string' } },
      initial_lifecycle_hook: {
        attributes: {
          name: '!string',
          lifecycle_transition: '!string',
          default_result: 'string',
          heartbeat_timeout: 'number',
          notification_metadata: 'string',
        },
      },
      tag: { attributes: { key: '!string', value: '!string', propagate_at_launch: '!bool' } },
    },
  },
  aws_security_group: {
    attributes: { id: '=string', name: 'string', description: 'string', vpc_id: 'string', tags: 'map' },
  },
  aws_vpc_security_group_ingress_rule: {
    attributes: {
      id: '=string',
      security_group_id: '!string',
      referenced_security_group_id: 'string',
      ip_protocol: '!string',
      from_port: 'number',
      to_port: 'number',
      description: 'string',
    },
  },
  aws_vpc_security_group_egress_rule: {
    attributes: { id: '=string', security_group_id: '!string', ip_protocol: '!string', cidr_ipv4: 'string' },
  },
  aws_iam_role: { attributes: { id: '=string', name: 'string', assume_role_policy: '!string' } },
  aws_iam_role_policy: { attributes: { id: '=string', name: 'string', role: '!string', policy: '!string' } },
  aws_iam_instance_profile: { attributes: { id: '=string', name: 'string', role: 'string' } },
}

export const awsData: Readonly<Record<string, BlockSchema>> = {
  aws_ssm_parameter: { attributes: { name: '!string', value: '=string' } },
}

export const externalData: Readonly<Record<string, BlockSchema>> = {
  external: { attributes: { program: '!list', query: 'map', working_dir: 'string', result: '=map' } },
}
