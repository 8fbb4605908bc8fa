// Names that people write for the resources that Mesos knows. Any other name is a resource of one's own, which is fine.
const aliases: Readonly<Record<string, readonly string[]>> = {
  cpus: ['cpu', 'cores', 'vcpu', 'vcpus', 'cpuss', 'cpsu', 'pcus'],
  mem: ['memory', 'mems', 'memmory', 'ram', 'rams', 'memory_mb', 'mem_mb'],
  disk: ['disks', 'disc', 'discs', 'dsik', 'disk_mb'],
  gpus: ['gpu', 'gpsu', 'pgus'],
  ports: ['port', 'prots', 'prot'],
}

/** The resource of Mesos (src/slave/containerizer/containerizer.cpp) that a name was meant for, if it isn't one. */
export function mistakenFor(name: string): string | undefined {
  const plain = name.toLowerCase().replaceAll('-', '_')
  return Object.entries(aliases).find(
    ([known, others]) => name !== known && (plain === known || others.includes(plain)),
  )?.[0]
}
