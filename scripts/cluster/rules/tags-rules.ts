import { Path } from '../../inventory/problem-path.ts'
import { isInAccount } from '../draft.ts'
import type { Rule } from './cluster-rule.ts'

// Amazon EC2 User Guide, "View tags for your EC2 instances using instance metadata".
const shown = /^(?!(\.|\.\.|_index)$)[A-Za-z0-9+\-=.,_:@]+$/

export const tagsCanBeShown: Rule = {
  code: 'W033',
  sentence: 'Tag keys should be ones that the instance metadata service can show.',
  why: 'By default, tags are not in the instance metadata. But if your account turns them on by default, EC2 refuses to launch an instance with a tag key that has spaces, slashes or letters beyond a-z, or that is `.`, `..` or `_index`.',
  example: 'tags: { cost/center: "42" }\ngroups: { leaders: { vars: { mesos_mode: leader } } }',
  check: draft => {
    if (!isInAccount(draft)) return []
    return Object.keys(draft.inventory.tags)
      .filter(key => !shown.test(key))
      .map(key => ({
        path: Path.inInventory('tags', key),
        at: 'key' as const,
        message: 'cannot be shown by the instance metadata service',
        help: 'use only letters a-z, digits and + - = . _ : @',
      }))
  },
}
