import { type Format, jsonFile } from './format.ts'
import { base64Payloads } from './payload.ts'

/**
 * A flat map of strings to strings, which is all that the `external` data source of Terraform accepts from a program.
 */
export const external: Format = {
  kind: 'cluster',
  prints: true,
  write: ({ cluster, nodes }) => [jsonFile(`${cluster.name}.external.json`, base64Payloads(cluster, nodes))],
}
