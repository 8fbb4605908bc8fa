import type { AwsRequest } from './aws-call.ts'
import type { AwsError } from './aws-errors.ts'
import type { Fault } from './faults.ts'

const LAUNCHES = new Set(['RunInstances', 'CreateAutoScalingGroup'])

/**
 * A new instance profile is not visible to EC2 for some seconds: the first `times` launches after one was created are
 * rejected (IAM user guide, "Changes that I make are not always immediately visible"). Auto Scaling, which lets EC2
 * validate the launch template, reports this as a `ValidationError`.
 */
export function profileNotVisible(times: number): Fault {
  let profile: string | undefined
  const matches = (request: AwsRequest): boolean => {
    if (request.action === 'CreateInstanceProfile') profile = request.params.InstanceProfileName
    return LAUNCHES.has(request.action) && profile !== undefined
  }
  const error = ({ action }: AwsRequest): AwsError => {
    const value = `Value (${profile}) for parameter iamInstanceProfile.name is invalid.`
    const why = `${value} Invalid IAM Instance Profile name`
    if (action === 'RunInstances') return { status: 400, code: 'InvalidParameterValue', message: why }
    const message = `You must use a valid fully-formed launch template. ${why}`
    return { status: 400, code: 'ValidationError', message }
  }
  return { matches, skip: 0, times, effect: { kind: 'error', error } }
}
