import type { Code } from '../problems.ts'
import { checkCommands } from './commands.ts'
import type { Check } from './config.ts'
import { checkContents } from './contents.ts'
import { checkDisks } from './disks.ts'
import { checkModules } from './modules.ts'
import { checkOwners, checkPermissions } from './owners-and-modes.ts'
import { checkPower } from './power.ts'
import { checkEffects, checkSettings } from './settings.ts'
import { checkImageFiles, checkTargets, checkTemporary, checkTwins } from './targets.ts'
import { checkUserIds, checkUsers } from './users.ts'

/** The checks of cloud-config by the code of their rule, for `user_data_extra` and for parts of a message. */
export const cloudConfigChecks = {
  E070: checkOwners,
  E071: checkContents,
  E072: checkPermissions,
  E073: (config, path) => [...checkTargets(config, path), ...checkTwins(config, path)],
  E074: checkCommands,
  E075: checkModules,
  E076: checkDisks,
  E077: checkPower,
  E078: checkUsers,
  E079: checkSettings,
  W010: checkTemporary,
  W011: checkImageFiles,
  W012: checkEffects,
  W013: checkUserIds,
} as const satisfies Partial<Record<Code, Check>>
