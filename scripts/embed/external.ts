import { type Format, jsonFile } from './format.ts'
import { base64Payloads } from './payload.ts'

/** One flat map of text to text, which is all that Terraform's `data "external"` takes from a program. */
export const external: Format = {
  kind: 'cluster',
  prints: true,
  write: ({ cluster, nodes }) => [jsonFile(`${cluster.name}.external.json`, base64Payloads(cluster, nodes))],
}
