import type { Cluster } from '../cluster/cluster.ts'
import type { Plan } from '../plan/step.ts'
import { type Actual, nothing } from '../targets/ec2/actual.ts'
import type { Ec2Step } from '../targets/ec2/ec2-step.ts'
import { unseenImage } from '../targets/ec2/image.ts'
import { planLaunch } from '../targets/ec2/plan-launch.ts'
import type { UserData } from '../user-data/render.ts'

/**
 * The plan of a launch on EC2, without looking anything up: what `launch --dry-run` prints without credentials.
 *
 * @param userData of every node, by its name
 * @param actual what exists; by default, nothing
 * @throws Refused if a launch would break a rule
 */
export function firstLaunch(
  cluster: Cluster,
  userData: ReadonlyMap<string, UserData>,
  actual: Actual = nothing,
): Plan<Ec2Step> {
  return planLaunch({ cluster, userData, actual, imageOf: machine => unseenImage(cluster, machine) })
}
