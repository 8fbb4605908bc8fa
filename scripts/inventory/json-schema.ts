import { load } from 'js-yaml'
import * as z from 'zod/mini'
import {
  artifactFields,
  type Field,
  groupFields,
  imageFields,
  inventoryFields,
  seatFields,
} from './fields.ts'
import { flagTable, optionVariables } from './flags.ts'
import type { Type } from './types.ts'
import { type VariableName, variableNames, variables } from './variables.ts'

type Schema = Readonly<Record<string, unknown>>

/** JSON schema of an inventory, from the tables that check it, for editors that complete and explain keys. */
export function inventorySchema(): Schema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $comment: 'Made by `npm run docs` from scripts/inventory/.',
    title: 'An inventory of mesos-bakery',
    ...mapOf(inventoryFields, {
      vars: { $ref: '#/definitions/vars' },
      groups: {
        type: 'object',
        additionalProperties: { $ref: '#/definitions/group' },
      },
      image: { $ref: '#/definitions/image' },
    }),
    required: ['groups'],
    definitions: {
      vars: varsSchema(),
      group: orNothing(
        mapOf(groupFields, {
          vars: { $ref: '#/definitions/vars' },
          seats: {
            type: 'object',
            patternProperties: { '^[1-9][0-9]{0,2}$': { $ref: '#/definitions/seat' } },
            additionalProperties: false,
          },
        }),
      ),
      seat: orNothing(mapOf(seatFields, { vars: { $ref: '#/definitions/vars' } })),
      image: mapOf(imageFields, { artifacts: { type: 'array', items: { $ref: '#/definitions/artifact' } } }),
      artifact: { ...mapOf(artifactFields, {}), required: ['name', 'url', 'kind'] },
    },
  }
}

/** A group or a seat may be there without a word about it. */
function orNothing(schema: Schema): Schema {
  return { ...schema, type: ['object', 'null'] }
}

/** A map of known keys. What is a map or list of maps itself has its schema in `inner`. */
function mapOf(fields: Readonly<Record<string, Field>>, inner: Readonly<Record<string, Schema>>): Schema {
  const properties = Object.entries(fields).map(([key, { type, description }]) => [
    key,
    { description, ...(inner[key] ?? { ...valueSchema(type), ...examplesOf(type) }) },
  ])
  return { type: 'object', additionalProperties: false, properties: Object.fromEntries(properties) }
}

function varsSchema(): Schema {
  const properties = variableNames.map(name => [name, variableSchema(name)])
  return { type: 'object', additionalProperties: false, properties: Object.fromEntries(properties) }
}

function variableSchema(name: VariableName): Schema {
  const { type, default: value, description, becomes } = variables[name]
  return {
    title: type.name,
    description: `${description} It becomes ${becomes}.`,
    ...(value !== undefined && { default: value }),
    ...(name in optionVariables ? flagsSchema(name as keyof typeof optionVariables) : valueSchema(type)),
    ...examplesOf(type),
  }
}

function flagsSchema(variable: keyof typeof optionVariables): Schema {
  const properties = flagTable(optionVariables[variable]).map(({ name, expects, value }) => [
    name,
    { description: `Takes ${expects}.`, ...(value !== undefined && { default: value }) },
  ])
  return { type: 'object', additionalProperties: false, properties: Object.fromEntries(properties) }
}

/** What a type's own check says, as far as a schema can say it. */
function valueSchema({ schema }: Type<unknown>): Schema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { target: 'draft-7', unrepresentable: 'any' })
  return portable(rest) as Schema
}

/** Leaves out patterns that not every validator can read: those that need Unicode's own classes. */
function portable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(portable)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(
    ([key, inner]) => key !== 'pattern' || !/\\[pu]/.test(String(inner)),
  )
  return Object.fromEntries(entries.map(([key, inner]) => [key, portable(inner)]))
}

/** `such as 10mins` at the end of what a type expects. */
function examplesOf({ expects }: Type<unknown>): Schema {
  const [, example] = /such as (.+)$/.exec(expects) ?? []
  if (example === undefined) return {}
  return { examples: example.split(' or ').map(one => load(one)) }
}
