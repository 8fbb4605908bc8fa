import type { Aws } from '../../../scripts/targets/ec2/api/connect.ts'
import { machineCalls, runInstances } from './machines.ts'
import { networkCalls, subnets, vpc } from './network.ts'
import { scalingCalls } from './scaling.ts'
import { fromTags, type Store, toTags } from './store.ts'
import { templateCalls } from './templates.ts'
import { type Actor, awsError, call } from './world.ts'

// biome-ignore lint/suspicious/noExplicitAny: the double takes what the SDK's types allow, and answers as AWS does
type Input = any
type Effect = (store: Store, input: Input, by: string) => unknown

/**
 * A stand-in for AWS within this process, with simulated time: EC2, Auto Scaling and IAM as far as they are used,
 * including their inconveniences. It replaces the SDK, so the retries of SDK clients are not tested here.
 *
 * @param after inspects the account after every call
 */
export function awsOf(store: Store, actor: Actor, after: (action: string) => void): Aws {
  const by = `arn:aws:iam::123456789012:user/${actor.name}`
  const ask = (action: string, effect: Effect) => (input: Input) =>
    call(
      store.world,
      actor,
      action,
      () => effect(store, input ?? {}, by),
      () => after(action),
    )
  const client = (effects: Readonly<Record<string, Effect>>) => {
    const calls = Object.entries(effects).flatMap(([name, effect]) => {
      const one = ask(name, effect)
      const page = `paginate${name.charAt(0).toUpperCase()}${name.slice(1)}`
      return [
        [name, one],
        [page, (input: Input) => pages(one(input))],
      ]
    })
    const made = Object.fromEntries(calls)
    return async () => made
  }
  return {
    region: 'us-east-1',
    clock: store.world.clock,
    credentials: async () => ({ accessKeyId: '', secretAccessKey: '' }),
    ec2: client({ ...ec2, ...places }),
    autoScaling: client({ ...scalingCalls, describeScalingActivities: () => ({}) } as unknown as Record<
      string,
      Effect
    >),
    iam: client(iam),
    ssm: client({ getParameters: images }),
    sts: client({ getCallerIdentity: () => ({ Account: '123456789012' }) }),
    s3: client({}),
  } as unknown as Aws
}

const ec2 = {
  ...networkCalls,
  ...templateCalls,
  ...machineCalls,
  runInstances: (store: Store, input: Input) => runInstances(store, input),
} as unknown as Readonly<Record<string, Effect>>

async function* pages(answer: Promise<unknown>) {
  yield await answer
}

const images: Effect = (_, { Names }) => ({
  Parameters: Names.map((Name: string) => ({ Name, Value: 'ami-amd64' })),
})

/** The initial content of an account. */
const places: Readonly<Record<string, Effect>> = {
  describeSubnets: () => ({
    Subnets: subnets.map(SubnetId => ({ SubnetId, VpcId: vpc, MapPublicIpOnLaunch: false })),
  }),
  describeInstanceTypes: (_, { Filters }) => ({
    InstanceTypes: Filters[0].Values.map((InstanceType: string) => ({
      InstanceType,
      ProcessorInfo: { SupportedArchitectures: ['x86_64'] },
    })),
  }),
  describeImages: (store, { Filters }) => ({
    Images: Filters[0].Values.filter((id: string) => store.images.has(id)).map((ImageId: string) => ({
      ImageId,
      Architecture: store.images.get(ImageId),
      State: 'available',
      RootDeviceName: '/dev/xvda',
      BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeSize: 8 } }],
    })),
  }),
}

function found<T>(map: ReadonlyMap<string, T>, name: string): T {
  const one = map.get(name)
  if (one === undefined) throw awsError('NoSuchEntityException')
  return one
}

function unlessTaken(map: ReadonlyMap<string, unknown>, name: string): void {
  if (map.has(name)) throw awsError('EntityAlreadyExistsException')
}

const iam: Readonly<Record<string, Effect>> = {
  getRole: ({ roles }, { RoleName }) => ({ Role: { Tags: fromTags(found(roles, RoleName).tags) } }),
  getRolePolicy: ({ roles }, { RoleName }) => {
    const { policy } = found(roles, RoleName)
    if (policy === undefined) throw awsError('NoSuchEntityException')
    return { PolicyDocument: encodeURIComponent(policy) }
  },
  getInstanceProfile: ({ profiles }, { InstanceProfileName }) =>
    shownProfile(found(profiles, InstanceProfileName)),
  createRole: ({ roles }, { RoleName, Tags }) => {
    unlessTaken(roles, RoleName)
    roles.set(RoleName, { tags: toTags(Tags), policy: undefined })
    return {}
  },
  createInstanceProfile: ({ profiles, world }, { InstanceProfileName, Tags }) => {
    unlessTaken(profiles, InstanceProfileName)
    profiles.set(InstanceProfileName, { tags: toTags(Tags), madeAt: world.clock.now(), role: undefined })
    return shownProfile(found(profiles, InstanceProfileName))
  },
  putRolePolicy: ({ roles }, { RoleName, PolicyDocument }) => {
    found(roles, RoleName).policy = PolicyDocument
    return {}
  },
  addRoleToInstanceProfile: ({ roles, profiles, world }, { InstanceProfileName, RoleName }) => {
    found(roles, RoleName)
    const profile = found(profiles, InstanceProfileName)
    if (profile.role !== undefined) throw awsError('LimitExceededException')
    profile.role = { name: RoleName, since: world.clock.now() }
    return {}
  },
  removeRoleFromInstanceProfile: ({ roles, profiles }, { InstanceProfileName, RoleName }) => {
    found(roles, RoleName)
    const profile = found(profiles, InstanceProfileName)
    if (profile.role === undefined) throw awsError('NoSuchEntityException')
    profile.role = undefined
    return {}
  },
  deleteRolePolicy: ({ roles }, { RoleName }) => {
    found(roles, RoleName).policy = undefined
    return {}
  },
  deleteInstanceProfile: ({ profiles }, { InstanceProfileName }) => {
    if (found(profiles, InstanceProfileName).role !== undefined) throw awsError('DeleteConflictException')
    profiles.delete(InstanceProfileName)
    return {}
  },
  deleteRole: ({ roles, profiles }, { RoleName }) => {
    const role = found(roles, RoleName)
    const used = [...profiles.values()].some(profile => profile.role?.name === RoleName)
    if (used || role.policy !== undefined) throw awsError('DeleteConflictException')
    roles.delete(RoleName)
    return {}
  },
}

function shownProfile({ tags, role }: { tags: Record<string, string>; role: { name: string } | undefined }) {
  return {
    InstanceProfile: { Tags: fromTags(tags), Roles: role === undefined ? [] : [{ RoleName: role.name }] },
  }
}
