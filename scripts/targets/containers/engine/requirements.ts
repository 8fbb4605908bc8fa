import { statfs } from 'node:fs/promises'
import { Path } from '../../../inventory/problem-path.ts'
import { orRefuse, type Problem, Refused } from '../../../inventory/problems.ts'
import { call, type Engine, tryCall } from './engine.ts'

/**
 * A leader writes about 150 MB while it starts. A cluster with less than this in total fails later, in unclear ways.
 */
const leastFree = 1 << 30

/**
 * Checks whether machines can run here, before anything is created.
 *
 * @throws Refused with all problems
 */
export async function checkEngine(engine: Engine): Promise<void> {
  const problems = await Promise.all([canRunSystemd(engine), hasRoom(engine)])
  orRefuse(engine, problems.flat())
}

/** @throws Refused if this machine cannot run the image */
export async function imageFits(engine: Engine, image: string): Promise<void> {
  const architecture = await architectureOf(engine, image)
  const own = process.arch === 'x64' ? 'amd64' : process.arch
  if (architecture === undefined || architecture === own) return
  const message = `is for ${architecture}, but this machine is ${own}; bake an image on this machine: npm run bake -- --target local`
  throw new Refused([{ path: Path.outside(image), message }])
}

/** The architecture in the label of an image. Undefined if the image does not exist or is not ours. */
async function architectureOf(engine: Engine, reference: string): Promise<string | undefined> {
  const format = '{{index .Config.Labels "mesos-bakery.architecture"}}'
  const { code, stdout } = await tryCall(engine, 'image', 'inspect', '--format', format, reference)
  return code === 0 && stdout.trim() !== '' ? stdout.trim() : undefined
}

async function canRunSystemd(engine: Engine): Promise<readonly Problem[]> {
  const { stdout } = await tryCall(engine, 'info', '--format', cgroups[engine.name])
  const [version, rootless] = stdout.trim().split(' ')
  // systemd needs writable cgroups. Rootless containers have them only with cgroup v2.
  if (rootless !== 'true' || version === 'v2') return []
  const message =
    'runs rootless with cgroup v1, where systemd cannot run in a container; run this command as root, or boot with cgroup v2'
  return [{ path: Path.outside(engine.name), message }]
}

const cgroups = {
  podman: '{{.Host.CgroupsVersion}} {{.Host.Security.Rootless}}',
  docker: 'v{{.CgroupVersion}} {{range .SecurityOptions}}{{if eq . "name=rootless"}}true{{end}}{{end}}',
} as const

async function hasRoom(engine: Engine): Promise<readonly Problem[]> {
  const place = { podman: '{{.Store.GraphRoot}}', docker: '{{.DockerRootDir}}' }[engine.name]
  const folder = await call(engine, 'info', '--format', place)
  const disk = await statfs(folder).catch(() => undefined)
  if (disk === undefined || disk.bavail * disk.bsize >= leastFree) return []
  const free = Math.round((disk.bavail * disk.bsize) / 1_048_576)
  const message = `the disk of ${folder} has only ${free} MiB of free space, but a cluster requires ${leastFree >> 20} MiB; free some space`
  return [{ path: Path.outside(engine.name), message }]
}
