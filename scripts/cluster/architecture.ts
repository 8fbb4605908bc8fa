import type { Architecture } from './cluster.ts'

/**
 * The architecture of an EC2 instance type, from its name: a `g` right after the generation is Graviton
 * (m6g, c7gn, im4gn; not g4dn), and a1 was the first of them. EC2 is asked again before a launch.
 */
export function architectureOf(instanceType: string): Architecture {
  return /^(a1|[a-z]+\d+g[a-z]*)\./.test(instanceType) ? 'arm64' : 'amd64'
}
