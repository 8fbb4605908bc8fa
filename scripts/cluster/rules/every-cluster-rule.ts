import type { Problem } from '../../inventory/problems.ts'
import type { Draft } from '../draft.ts'
import { addressesDiffer } from './addresses-rules.ts'
import { agentFlagsAreUsed, imagesHaveIsolators } from './agent-flag-rules.ts'
import { nodesAgree } from './agreement-rules.ts'
import { cgroupsAreKnown, cgroupsFit } from './cgroups-rules.ts'
import type { Rule } from './cluster-rule.ts'
import { daemonsAccept, registriesFormThemselves, stateIsStored } from './daemons-rules.ts'
import {
  directoriesAreApart,
  directoriesDiffer,
  othersAreLeftAlone,
  systemIsLeftAlone,
} from './directories-rules.ts'
import { domainIsFree, domainIsNotMulticast } from './domain-rules.ts'
import { settingsHaveEffect } from './effect-rules.ts'
import { connectionsSuffice, nodesFitZooKeeper, sessionsFitTicks } from './figures-rules.ts'
import { followersNameTheirPool, followersTakeMinAndMax, minIsNotAboveMax } from './followers-rules.ts'
import { healthIsReadable } from './health-rules.ts'
import {
  containerizersAreKnown,
  isolatorsAreBuilt,
  isolatorsAreKnown,
  isolatorsFit,
} from './isolation-rules.ts'
import { leadersAreOdd, leadersTakeCount, oneGroupLeads } from './leaders-rules.ts'
import { imagesServeMachines } from './machines-rules.ts'
import { namesDiffer, namesFitDns } from './names-rules.ts'
import { pathsFit } from './path-length-rules.ts'
import { daemonsMayWrite, filesAreVisible, sandboxesHideNothing } from './paths-rules.ts'
import { ephemeralPortsFit, offersLeaveOutOurs, portsAreNotOutgoing } from './port-ranges-rules.ts'
import { portsAreOpenToAll, portsDiffer } from './ports-rules.ts'
import { programsAreOfTheDaemon } from './programs-rules.ts'
import { agentsAreFew, securityGroupsFit, securityGroupsFitTheQuota } from './scale-rules.ts'
import { seatsExist, seatsKeepTheMode, seatsShareAnArchitecture } from './seats-rules.ts'
import { secretsReachNodes } from './secrets-rules.ts'
import { logsAreKept, runtimeStateIsLost, stateIsKept, systemHoldsNoData } from './state-rules.ts'
import { tagsCanBeShown } from './tags-rules.ts'
import { userDataRules } from './user-data-rules.ts'
import { zonesAreSpread } from './zones-rules.ts'
import { zookeeperIsServed } from './zookeeper-rules.ts'

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
  isolatorsAreKnown,
  containerizersAreKnown,
  isolatorsFit,
  daemonsAccept,
  imagesHaveIsolators,
  isolatorsAreBuilt,
  agentFlagsAreUsed,
  stateIsStored,
  systemIsLeftAlone,
  othersAreLeftAlone,
  daemonsMayWrite,
  directoriesAreApart,
  portsAreOpenToAll,
  offersLeaveOutOurs,
  ephemeralPortsFit,
  filesAreVisible,
  sandboxesHideNothing,
  pathsFit,
  systemHoldsNoData,
  runtimeStateIsLost,
  portsAreNotOutgoing,
  healthIsReadable,
  connectionsSuffice,
  domainIsFree,
  addressesDiffer,
  programsAreOfTheDaemon,
  sessionsFitTicks,
  nodesFitZooKeeper,
  registriesFormThemselves,
  domainIsNotMulticast,
  ...userDataRules,
  securityGroupsFit,
  agentsAreFew,
  securityGroupsFitTheQuota,
  settingsHaveEffect,
  tagsCanBeShown,
  secretsReachNodes,
]

/** Every rule that a draft breaks. */
export function brokenRules(draft: Draft): readonly Problem[] {
  return rules.flatMap(({ code, check }) => check(draft).map(finding => ({ code, ...finding })))
}
