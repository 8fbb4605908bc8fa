import type { Problem } from '../../inventory/problems.ts'
import type { Draft } from '../draft.ts'
import { nodesAgree } from './agreement.ts'
import { cgroupsAreKnown, cgroupsFit } from './cgroups.ts'
import { directoriesDiffer, logsAreKept, stateIsKept } from './directories.ts'
import { followersNameTheirPool, followersTakeMinAndMax, minIsNotAboveMax } from './followers.ts'
import { leadersAreOdd, leadersTakeCount, oneGroupLeads } from './leaders.ts'
import { imagesServeMachines } from './machines.ts'
import { namesDiffer, namesFitDns } from './names.ts'
import { portsDiffer } from './ports.ts'
import type { Rule } from './rule.ts'
import { seatsExist, seatsKeepTheMode, seatsShareAnArchitecture } from './seats.ts'
import { zonesAreSpread } from './zones.ts'
import { zookeeperIsServed } from './zookeeper.ts'

/** Every rule that reaches across parts of the inventory. */
export const rules: readonly Rule[] = [
  leadersAreOdd,
  oneGroupLeads,
  leadersTakeCount,
  followersTakeMinAndMax,
  followersNameTheirPool,
  minIsNotAboveMax,
  seatsExist,
  seatsKeepTheMode,
  seatsShareAnArchitecture,
  namesDiffer,
  portsDiffer,
  nodesAgree,
  zookeeperIsServed,
  directoriesDiffer,
  imagesServeMachines,
  stateIsKept,
  cgroupsFit,
  namesFitDns,
  zonesAreSpread,
  logsAreKept,
  cgroupsAreKnown,
]

/** Every rule that a draft breaks. */
export function brokenRules(draft: Draft): readonly Problem[] {
  return rules.flatMap(({ code, check }) => check(draft).map(finding => ({ code, ...finding })))
}
