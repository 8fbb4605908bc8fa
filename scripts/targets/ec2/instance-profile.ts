import type { Cluster } from '../../cluster/cluster.ts'
import { bodyPrefix } from '../../user-data/fit.ts'

/** Lets EC2 hand the role to machines. */
export const trustEc2 = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
}

/**
 * The least that a machine needs: to list instances in its region, by which Consul's agents find the servers; and,
 * where there is a bucket for user-data, to read its cluster's there.
 */
export function rolePolicy({ name, region, userDataBucket }: Cluster) {
  const join = {
    Effect: 'Allow',
    Action: 'ec2:DescribeInstances',
    Resource: '*',
    Condition: { StringEquals: { 'aws:RequestedRegion': region } },
  }
  const partition = /^(cn|us-gov)-/.exec(region)?.[1]
  const arn = `arn:aws${partition === undefined ? '' : `-${partition}`}:s3:::${userDataBucket}/${bodyPrefix(name)}*`
  const read = { Effect: 'Allow', Action: 's3:GetObject', Resource: arn }
  return { Version: '2012-10-17', Statement: userDataBucket === undefined ? [join] : [join, read] }
}

/** The name of the policy in its role. */
export const policyName = 'consul-auto-join'
