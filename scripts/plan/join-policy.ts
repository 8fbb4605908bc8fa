/** Lets EC2 hand the role to machines. */
export const trustEc2 = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
}

/** The least that Consul's auto-join needs: to list instances, in this region only. */
export function joinPolicy(region: string) {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: 'ec2:DescribeInstances',
        Resource: '*',
        Condition: { StringEquals: { 'aws:RequestedRegion': region } },
      },
    ],
  }
}

/** The name of the policy in its role. */
export const policyName = 'consul-auto-join'
