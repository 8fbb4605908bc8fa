import type { Problem } from '../inventory/problems.ts'
import type { Draft } from './draft.ts'
import {
  followersNameTheirPool,
  followersTakeMinAndMax,
  leadersAreOdd,
  leadersTakeCount,
  minIsNotAboveMax,
  namesDiffer,
  oneGroupLeads,
  seatsExist,
  seatsKeepTheMode,
  seatsShareAnArchitecture,
} from './group-rules.ts'
import { directoriesDiffer, nodesAgree, portsDiffer, zookeeperIsServed } from './value-rules.ts'

/** A rule that reaches across parts of the inventory. */
type Rule = (draft: Draft) => readonly Problem[]

const rules: readonly Rule[] = [
  oneGroupLeads,
  leadersAreOdd,
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
]

/** Every rule that a draft breaks. */
export function brokenRules(draft: Draft): readonly Problem[] {
  return rules.flatMap(rule => rule(draft))
}
