import { type Fit, type FollowersOverride, fits, type Overrides } from '../cluster/cluster.ts'
import { checkOverrides } from '../cluster/overrides.ts'
import type { Outcome } from '../inventory/check-fields.ts'
import { parseSettings } from '../inventory/settings.ts'
import { type TargetName, targetNames } from '../targets/list.ts'
import { type Given, Misused, textOf } from './options.ts'

/**
 * What the command line sets above the inventory, and what is wrong with it.
 *
 * @throws Misused for what can't be read
 */
export function overridesOf(given: Given): Outcome<Overrides> {
  const leaders = textOf(given, 'leaders')
  const followers = textOf(given, 'followers')
  const target = readTarget(textOf(given, 'target'))
  const settings = {
    leaders: leaders === undefined ? undefined : wholeNumber('leaders', leaders),
    followers: followers === undefined ? undefined : readFollowers(followers),
    image: textOf(given, 'image'),
    target,
    fit: readFit(textOf(given, 'fit')),
  }
  return checkOverrides(settings, parseSettings([given.set ?? []].flat().map(readSetting)))
}

function wholeNumber(name: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  throw new Misused(`--${name} takes a whole number, got ${JSON.stringify(text)}`)
}

function readTarget(text: string | undefined): TargetName | undefined {
  const target = targetNames.find(known => known === text)
  if (text === undefined || target !== undefined) return target
  throw new Misused(`--target takes ${targetNames.join(' or ')}, got ${JSON.stringify(text)}`)
}

function readFit(text: string | undefined): Fit | undefined {
  const fit = fits.find(known => known === text)
  if (text === undefined || fit !== undefined) return fit
  throw new Misused(`--fit takes ${fits.join(', ')}, got ${JSON.stringify(text)}`)
}

function readSetting(text: unknown): [string, string] {
  const [, name, value] = /^([^=]+)=([\s\S]*)$/.exec(String(text)) ?? []
  if (name !== undefined && value !== undefined) return [name.trim(), value]
  throw new Misused(`--set takes NAME=VALUE, got ${JSON.stringify(text)}`)
}

function readFollowers(text: string): FollowersOverride {
  const [, pool, min, max] = /^(?:([^=]+)=)?(\d+)(?::(\d+))?$/.exec(text) ?? []
  if (min === undefined) {
    throw new Misused(`--followers takes N, MIN:MAX or POOL=N, got ${JSON.stringify(text)}`)
  }
  return { pool, min: Number(min), max: Number(max ?? min) }
}
