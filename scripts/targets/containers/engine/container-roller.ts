import type { Roller } from '../../../roll/drive.ts'
import type { Observed, Resize } from '../../../roll/observed.ts'
import type { RollStep } from '../../../roll/roll-step.ts'
import type { Container, Material } from '../container.ts'
import { observedIn } from '../observed-containers.ts'
import type { ContainerFacts } from '../plan.ts'
import { planReplacement, planRestart } from '../plan-container-replacement.ts'
import { observedInResize, seatNumbers } from '../plan-resize.ts'
import { type Answers, ask, heard } from './container-health.ts'
import { groundOf, launcher } from './container-steps.ts'
import type { Engine } from './engine.ts'
import { explained } from './engine-errors.ts'
import { observe } from './observe-cluster.ts'
import { lastLines } from './reports.ts'
import { recordResize, removeRecord } from './resize-record.ts'
import { forgetSeats, resizeSeat } from './resize-seats.ts'
import { rollFollowers } from './roll-followers.ts'

/** Observes and carries out a rolling update. */
export function rollerOn(engine: Engine, material: Material): Roller {
  const ground = groundOf(engine, material)
  return rollerBy(engine, material, {
    observedIn: (facts, answers) => observedIn(facts, heard(material.cluster, answers)),
    async act(facts, step) {
      if (!('node' in step)) return rollFollowers(ground, facts, step)
      const plan = step.does === 'reconfigure' ? planRestart : planReplacement
      await launcher(ground)(plan(facts, step.node), new Map())
    },
  })
}

/** Observes and carries out a change of the number of leaders. */
export function resizerOn(
  engine: Engine,
  material: Material,
  resize: Resize,
): Roller & { readonly finish: () => Promise<void> } {
  const { cluster, image } = material
  const ground = groundOf(engine, material)
  return {
    ...rollerBy(engine, material, {
      observedIn: (facts, answers) =>
        observedInResize(facts, resize, (held, stage) => heard(held, answers, stage)),
      async act(facts, step) {
        await recordResize(engine, cluster.name, image, resize)
        if ('node' in step) await resizeSeat(ground, facts, step)
        else await rollFollowers(ground, facts, step)
      },
    }),
    async finish() {
      const actual = await explained(observe(engine, cluster.name))
      if (actual.resizing === undefined) return
      const surplus = seatNumbers(Math.max(resize.from, resize.to)).slice(resize.to)
      await explained(forgetSeats(engine, { cluster, actual }, surplus))
      await removeRecord(engine, actual.resizing.ids)
    },
  }
}

/** What distinguishes the updates that consist of single steps. */
interface Kind {
  readonly observedIn: (facts: ContainerFacts, answers: Answers) => Observed
  readonly act: (facts: ContainerFacts, step: RollStep) => Promise<void>
}

/** An update in single steps, each of which is based on the last observation. */
function rollerBy(engine: Engine, material: Material, kind: Kind): Roller {
  const { name } = material.cluster
  let now: ContainerFacts | undefined
  return {
    async observe() {
      const [actual, answers] = await Promise.all([observe(engine, name), ask(engine, name)])
      now = { ...material, actual }
      return kind.observedIn(now, answers)
    },
    async act(step) {
      if (now === undefined) throw new Error('nothing has been observed yet')
      await kind.act(now, step)
    },
    async logOf(node) {
      const found = now?.actual.containers.find(one => one.name === node)
      return found === undefined ? '' : lastLines(engine, found.id, unitOf(found))
    },
  }
}

/** The unit whose log explains why a node does not come up. */
function unitOf({ seat }: Container): string {
  return seat === undefined ? 'mesos-agent.service' : 'mesos-master.service'
}
