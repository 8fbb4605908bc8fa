import {
  AutoScalingClient,
  CompleteLifecycleActionCommand,
  DescribeAutoScalingGroupsCommand,
} from '@aws-sdk/client-auto-scaling'
import { hookName } from '../../scripts/targets/ec2/lifecycle-hook.ts'
import { clientConfig } from './aws.ts'
import type { Cloud } from './cloud.ts'

/**
 * A double of the program that drains followers on the leaders: lets Auto Scaling terminate the instances that it holds,
 * without draining them. Its calls do not pass the proxy.
 *
 * @returns a function that ends it
 */
export function completeDrains({ moto }: Cloud): () => void {
  const autoScaling = new AutoScalingClient(clientConfig(moto.url))
  const round = async () => {
    const { AutoScalingGroups = [] } = await autoScaling.send(new DescribeAutoScalingGroupsCommand({}))
    for (const { AutoScalingGroupName, Instances = [] } of AutoScalingGroups) {
      for (const { InstanceId, LifecycleState } of Instances) {
        if (LifecycleState !== 'Terminating:Wait') continue
        const which = { AutoScalingGroupName, InstanceId, LifecycleHookName: hookName }
        await autoScaling.send(
          new CompleteLifecycleActionCommand({ ...which, LifecycleActionResult: 'CONTINUE' }),
        )
      }
    }
  }
  // An instance may end between the two calls.
  const timer = setInterval(() => void round().catch(() => undefined), 500)
  return () => clearInterval(timer)
}
