const region = 'us-east-1'
const account = '123456789012'

// The ARNs of resources in the test account (Service Authorization Reference, "Resource types").

const types: Readonly<Record<string, string>> = {
  eni: 'network-interface',
  i: 'instance',
  lt: 'launch-template',
  sg: 'security-group',
  subnet: 'subnet',
  vol: 'volume',
  vpc: 'vpc',
}

/** An EC2 resource by its ID, which determines its type. */
export function arnOfId(id: string): string {
  const type = types[id.slice(0, id.indexOf('-'))]
  if (type === undefined) throw new Error(`the type of ${id} is not known`)
  return ec2Arn(type, id)
}

/** An EC2 resource. Resources that do not exist yet have the ID `*`. */
export function ec2Arn(type: string, id = '*'): string {
  return `arn:aws:ec2:${region}:${account}:${type}/${id}`
}

/** Images belong to no account. */
export function imageArn(id: string): string {
  return `arn:aws:ec2:${region}::image/${id}`
}

export function poolArn(name: string): string {
  return `arn:aws:autoscaling:${region}:${account}:autoScalingGroup:*:autoScalingGroupName/${name}`
}

export function iamArn(type: 'role' | 'instance-profile', name: string): string {
  return `arn:aws:iam::${account}:${type}/${name}`
}

export function parameterArn(name: string): string {
  return `arn:aws:ssm:${region}:${account}:parameter${name}`
}
