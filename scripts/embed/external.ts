import { type Format, jsonFile } from './format.ts'

/** One flat map of text to text, which is all that Terraform's `data "external"` takes from a program. */
export const external: Format = {
  kind: 'cluster',
  prints: true,
  write: ({ cluster, nodes }) => [
    jsonFile(
      `${cluster.name}.external.json`,
      Object.fromEntries(
        nodes.map(({ node, userData }) => [node.name, Buffer.from(userData.text).toString('base64')]),
      ),
    ),
  ],
}
