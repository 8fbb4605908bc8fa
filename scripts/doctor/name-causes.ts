import { type Examined, isStopped, type Reporting, reporting, unitFails } from './examined.ts'
import { type Finding, onNode, systemctl } from './finding.ts'

// Why names do not resolve: the agent, the DNS server, the catalog, or what follows it.

/** The entries of the catalog that a leader knows. Undefined if no leader of Consul answers. */
function catalogOf(nodes: readonly Reporting[]): ReadonlyMap<string, string> | undefined {
  const known = nodes.find(
    ({ report, evidence, settled }) => settled && report.consul?.leader && evidence.names?.catalog != null,
  )
  const entries = known?.evidence.names?.catalog ?? undefined
  return entries && new Map(entries)
}

export function silentDns(examined: Examined): readonly Finding[] {
  return reporting(examined).flatMap((node): readonly Finding[] => {
    const { names } = node.evidence
    const down = isDown(examined, node, 'dnsmasq.service')
    if (!down && !(node.settled && names != null && names.answer === null)) return []
    const evidence = down ? 'dnsmasq.service does not run' : 'nothing answers on port 53 of the node'
    return [
      {
        code: 'D021',
        node: node.name,
        evidence,
        fix: systemctl(down ? 'start' : 'restart', node.name, 'dnsmasq'),
      },
    ]
  })
}

/** Whether a unit was stopped or fails. A rolling update stops the units of the nodes that it changes. */
function isDown({ changing }: Examined, node: Reporting, unit: string): boolean {
  return (!changing && isStopped(node, unit)) || unitFails(node, unit)
}

/** Seats without an entry, and seats with that of a former machine. */
export function catalogErrors(examined: Examined): readonly Finding[] {
  const nodes = reporting(examined)
  const catalog = catalogOf(nodes)
  if (catalog === undefined) return []
  return nodes
    .filter(({ leads, settled, evidence }) => leads && settled && evidence.address != null)
    .flatMap(({ name, evidence }): readonly Finding[] => {
      const entry = catalog.get(name)
      const fix = systemctl('restart', name, 'mesos-bakery-seat')
      if (entry === undefined) {
        return [{ code: 'D022', node: name, evidence: `the catalog has ${listed(catalog)}`, fix }]
      }
      if (entry === evidence.address) return []
      const seen = `the catalog has ${entry}, and the address of the machine is ${evidence.address}`
      return [{ code: 'D023', node: name, evidence: seen, fix }]
    })
}

function listed(catalog: ReadonlyMap<string, string>): string {
  return [...catalog].map(([name, address]) => `${name} at ${address}`).join(', ') || 'no entry'
}

/** Nodes whose answers are not those of the catalog, although their DNS server answers. */
export function staleNames(examined: Examined): readonly Finding[] {
  const { cluster } = examined
  const nodes = reporting(examined)
  const catalog = catalogOf(nodes)
  const seats = cluster.seats.map(({ name }) => catalog?.get(name))
  const unit = 'mesos-bakery-names.service'
  return nodes.flatMap((node): readonly Finding[] => {
    const answer = node.evidence.names?.answer ?? []
    const right = seats.map(address => address ?? '').toSorted()
    const stopped = isDown(examined, node, unit)
    const differs = node.settled && seats.every(one => one !== undefined) && String(answer) !== String(right)
    if (!stopped && !(differs && node.evidence.names?.answer != null && node.report.consul?.leader)) return []
    const detail = differs
      ? `the name has ${answer.join(', ') || 'no address'}, and the catalog ${right.join(', ')}`
      : `${unit} does not run`
    const fix = systemctl(stopped ? 'start' : 'restart', node.name, 'mesos-bakery-names')
    return [{ code: 'D024', node: node.name, evidence: detail, fix }]
  })
}

export function otherResolver(examined: Examined): readonly Finding[] {
  return reporting(examined)
    .filter(({ settled, evidence: { names } }) => settled && names?.answer != null && !names.resolver)
    .map(({ name }) => ({
      code: 'D025',
      node: name,
      evidence: 'the first name server in /etc/resolv.conf is not the one of the node',
      fix: systemctl('restart', name, 'dnsmasq'),
    }))
}

/** Entries under the name of ZooKeeper that are not seats. */
export function strayEntries(examined: Examined): readonly Finding[] {
  const { cluster } = examined
  const nodes = reporting(examined)
  const seats = new Set(cluster.seats.map(({ name }) => name))
  const [leader] = nodes.filter(({ leads }) => leads)
  const token = cluster.secrets === undefined ? '' : '-H @/run/mesos-bakery-secrets/consul-management.header '
  return [...(catalogOf(nodes) ?? [])]
    .filter(([name]) => !seats.has(name) && !examined.changing)
    .map(([name, address]) => ({
      code: 'D026',
      node: '',
      evidence: `${name} at ${address}`,
      fix: onNode(
        leader?.name ?? '',
        `curl -X PUT ${token}localhost:${cluster.seats[0]?.values.consul_http_port}/v1/catalog/deregister -d '{"Node": "${name}"}'`,
      ),
    }))
}
