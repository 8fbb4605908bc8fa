import { rmSync } from 'node:fs'
import { bakedMissing, bakedSettings } from '../harness/baked.ts'
import { type Bakehouse, openBakehouse } from '../harness/bakehouse.ts'
import { runPacker } from '../harness/packer.ts'
import { tryPodman } from '../harness/podman.ts'
import { least, type Part } from './measure.ts'

const rounds = 4
const name = `bench-${process.pid}`

/** The overhead of the bake command compared with a plain Packer build. */
export async function bake(): Promise<Part> {
  const missing = bakedMissing()
  if (missing !== undefined) throw new Error(missing)
  const house = openBakehouse()
  try {
    house.write('inventory.yaml', JSON.stringify(await inventory()))
    // Fills caches, and writes the variables that the plain build also uses.
    await timeBake(house)
    const times = { ours: [] as number[], bare: [] as number[] }
    for (let round = 0; round < rounds; round += 1) {
      times.bare.push(await timePacker(house))
      times.ours.push(await timeBake(house))
    }
    const value = least(times.ours) / least(times.bare)
    return {
      compared: [
        '`bake --target local --force` of the complete test image, including its records, compared with',
        '`packer build` with the same variables; the minimum of four alternating runs each.',
      ],
      measures: [{ what: 'bake, compared with packer build', value, unit: '×', goal: { atMost: 1.03 } }],
    }
  } finally {
    await removeImages()
    rmSync(house.folder, { recursive: true })
  }
}

async function inventory(): Promise<object> {
  const groups = { all: { vars: { mesos_mode: 'mixed' }, count: 1 } }
  return { target: 'local', image: { ...(await bakedSettings()), name }, groups }
}

function timeBake(house: Bakehouse): Promise<number> {
  return time(() => house.run('bake', '--force'))
}

function timePacker({ folder, env }: Bakehouse): Promise<number> {
  const varFile = `${folder}/build/${name}/local/variables.pkrvars.json`
  const variables = [`-var-file=${varFile}`, `-var=packages_file=${folder}/packages.txt`]
  const build = ['build', '-only=docker.container', ...variables, `${folder}/packer`]
  return time(() => runPacker(build, env))
}

/** @throws if it fails, because its time is then meaningless */
async function time(act: () => ReturnType<typeof runPacker>): Promise<number> {
  const start = performance.now()
  const { code, stdout, stderr } = await act()
  if (code !== 0) throw new Error(`${stdout}${stderr}`)
  return performance.now() - start
}

async function removeImages(): Promise<void> {
  // Found by its label, because each build takes the tags from the previous one.
  const label = `label=mesos-bakery.image=${name}`
  const { stdout } = await tryPodman('images', '--format', '{{.ID}}', '--filter', label)
  for (const id of new Set(stdout.split('\n').filter(line => line !== ''))) {
    await tryPodman('image', 'rm', '--force', id)
  }
}
