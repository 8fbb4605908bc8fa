# Launches a cluster with a module that mesos-bakery renders into this directory:
#
#   mesos-bakery render --format terraform --out mesos
#
# Leaders must be replaced one at a time, and the old instance must be terminated first. Do not set
# create_before_destroy, and apply with -parallelism=1.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "vpc_id" {
  description = "The VPC of the subnets in the inventory."
  type        = string
}

module "mesos" {
  source = "./mesos"
}

locals {
  nodes = merge(module.mesos.leaders, module.mesos.pools)
  roles = {
    leader   = ["leader"]
    follower = ["follower"]
    mixed    = ["leader", "follower"]
  }
  image = {
    for name, node in local.nodes :
    name => coalesce(module.mesos.image.id, data.aws_ssm_parameter.image[node.architecture].value)
  }
  tags = { for name, tags in module.mesos.tags : name => merge(tags, { "mesos-bakery:image" = local.image[name] }) }
  groups = {
    for name, node in local.nodes : name => concat(
      [for role in local.roles[node.mode] : aws_security_group.role[role].id],
      node.security_groups,
    )
  }
}

data "aws_ssm_parameter" "image" {
  for_each = toset([for node in local.nodes : node.architecture])
  name     = "/mesos-bakery/${module.mesos.image.name}/${each.key}"
}

resource "aws_security_group" "role" {
  for_each    = module.mesos.names.security_groups
  name        = each.value
  description = "Mesos ${each.key}s of ${module.mesos.cluster}"
  vpc_id      = var.vpc_id
  tags        = { Name = each.value }
}

resource "aws_vpc_security_group_ingress_rule" "opening" {
  for_each = {
    for one in module.mesos.openings : "${one.to}-${one.from}-${one.protocol}-${one.first}-${one.last}" => one
  }
  security_group_id            = aws_security_group.role[each.value.to].id
  referenced_security_group_id = aws_security_group.role[each.value.from].id
  ip_protocol                  = each.value.protocol
  from_port                    = each.value.first
  to_port                      = each.value.last
  description                  = "${each.value.from}s of this cluster"
}

resource "aws_vpc_security_group_egress_rule" "all" {
  for_each          = aws_security_group.role
  security_group_id = each.value.id
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}

# Consul auto-join requires the permission to list the instances in this Region. Leaders also drain followers.
resource "aws_iam_role" "machine" {
  for_each = module.mesos.names.instance_profiles
  name     = each.value
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "machine" {
  for_each = aws_iam_role.machine
  name     = "consul-auto-join"
  role     = each.value.name
  policy   = jsonencode(module.mesos.role_policies[each.key])
}

resource "aws_iam_instance_profile" "machine" {
  for_each = aws_iam_role.machine
  name     = each.value.name
  role     = each.value.name
}

resource "aws_instance" "leader" {
  for_each                    = module.mesos.leaders
  ami                         = local.image[each.key]
  instance_type               = each.value.instance_type
  subnet_id                   = each.value.subnet
  key_name                    = each.value.key_name
  iam_instance_profile        = aws_iam_instance_profile.machine["leader"].name
  vpc_security_group_ids      = local.groups[each.key]
  user_data_base64            = module.mesos.user_data_base64[each.key]
  user_data_replace_on_change = true
  tags                        = local.tags[each.key]

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  root_block_device {
    encrypted   = true
    volume_type = "gp3"
    volume_size = each.value.root_volume_gb
    tags        = local.tags[each.key]
  }
}

resource "aws_launch_template" "pool" {
  for_each               = module.mesos.pools
  name                   = each.key
  image_id               = local.image[each.key]
  instance_type          = each.value.instance_type
  key_name               = each.value.key_name
  vpc_security_group_ids = local.groups[each.key]
  user_data              = module.mesos.user_data_base64[each.key]

  iam_instance_profile {
    name = aws_iam_instance_profile.machine["follower"].name
  }

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  block_device_mappings {
    device_name = "/dev/xvda"
    ebs {
      encrypted   = true
      volume_type = "gp3"
      volume_size = each.value.root_volume_gb
    }
  }

  dynamic "tag_specifications" {
    for_each = ["instance", "volume"]
    content {
      resource_type = tag_specifications.value
      tags          = local.tags[each.key]
    }
  }
}

resource "aws_autoscaling_group" "pool" {
  for_each            = module.mesos.pools
  name                = each.key
  min_size            = each.value.min
  max_size            = each.value.max
  vpc_zone_identifier = each.value.subnets

  launch_template {
    id      = aws_launch_template.pool[each.key].id
    version = aws_launch_template.pool[each.key].latest_version
  }

  initial_lifecycle_hook {
    name                  = module.mesos.lifecycle_hook.name
    lifecycle_transition  = module.mesos.lifecycle_hook.lifecycle_transition
    default_result        = module.mesos.lifecycle_hook.default_result
    heartbeat_timeout     = module.mesos.lifecycle_hook.heartbeat_timeout
    notification_metadata = module.mesos.lifecycle_hook.notification_metadata
  }

  # Leaders find the groups of their cluster with this tag.
  tag {
    key                 = "mesos-bakery:cluster"
    value               = module.mesos.cluster
    propagate_at_launch = false
  }
}

output "sha256" {
  description = "The SHA-256 of the user data of each node, as printed by `mesos-bakery render --json`."
  value       = { for name, data in module.mesos.user_data : name => sha256(data) }
}
