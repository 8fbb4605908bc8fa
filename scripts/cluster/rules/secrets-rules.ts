import { Path } from '../../inventory/problem-path.ts'
import { isInAccount } from '../draft.ts'
import type { Rule } from './cluster-rule.ts'

export const secretsReachNodes: Rule = {
  code: 'E118',
  sentence: 'Secrets in a file require a cluster in containers.',
  why: 'In containers, `launch` copies the secrets of its role into each node. Instances on EC2 are also started by Auto Scaling, which cannot read a file on your computer.',
  example: 'secrets: file:cluster1.secrets.age\ngroups:\n  leaders: { vars: { mesos_mode: leader } }',
  check: draft =>
    draft.inventory.secrets?.startsWith('file:') && isInAccount(draft)
      ? [
          {
            path: Path.inInventory('secrets'),
            message: 'instances on EC2 cannot read a file on this computer',
            help: 'remove secrets, or launch in containers (target: local)',
          },
        ]
      : [],
}
