import type { Path } from '../problem-path.ts'
import type { Code } from '../problems.ts'
import { checkAuthorizedKeys } from './authorized-keys.ts'
import { checkCommands } from './commands.ts'
import type { Check, CloudConfig } from './config.ts'
import { checkContents } from './contents.ts'
import { checkDaemonFiles } from './daemon-files.ts'
import { checkDisks } from './disks.ts'
import { checkCloudConfig } from './keys.ts'
import { checkModules } from './modules.ts'
import { checkOwners, checkPermissions } from './owners-and-modes.ts'
import { checkPower } from './power.ts'
import { checkEffects, checkSettings } from './settings.ts'
import { checkShapes } from './shapes.ts'
import { checkImageFiles, checkTargets, checkTemporary, checkTwins } from './targets.ts'
import { checkUserIds, checkUsers } from './users.ts'

const others: readonly Check[] = [
  checkCloudConfig,
  checkOwners,
  checkContents,
  checkPermissions,
  checkTargets,
  checkCommands,
  checkModules,
  checkDisks,
  checkPower,
  checkUsers,
  checkAuthorizedKeys,
  checkSettings,
]

/** What only the schema of cloud-init refuses. Other rules say more about what they refuse. */
function shapesAlone(config: CloudConfig, path: Path) {
  const found = checkShapes(config, path)
  if (found.length === 0) return found
  const told = others.flatMap(check => check(config, path))
  return found.filter(one => !told.some(other => other.path.covers(one.path) || one.path.covers(other.path)))
}

/** The checks of cloud-config by the code of their rule, for `user_data_extra` and for parts of a message. */
export const cloudConfigChecks = {
  E062: shapesAlone,
  E070: checkOwners,
  E071: checkContents,
  E072: checkPermissions,
  E073: (config, path) => [...checkTargets(config, path), ...checkTwins(config, path)],
  E074: checkCommands,
  E075: checkModules,
  E076: checkDisks,
  E077: checkPower,
  E078: (config, path) => [...checkUsers(config, path), ...checkAuthorizedKeys(config, path)],
  E079: (config, path) => [...checkSettings(config, path), ...checkDaemonFiles(config, path)],
  W010: checkTemporary,
  W011: checkImageFiles,
  W012: checkEffects,
  W013: checkUserIds,
} as const satisfies Partial<Record<Code, Check>>
