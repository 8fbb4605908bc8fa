import test from 'ava'
import { awsEnv, noAwsEnv } from '../harness/aws.ts'
import { run } from '../harness/command.ts'

/** The AWS clients that a command loads, according to the modules that Node.js reports. */
async function clientsLoadedBy(name: string, args: readonly string[], env: NodeJS.ProcessEnv) {
  // From its source: the commands that tests usually run are bundled with their packages.
  const { stderr } = await run(`./${name}`, args, { env: { ...env, NODE_DEBUG: 'module' } })
  const clients = stderr.matchAll(/node_modules\/@aws-sdk\/client-([a-z0-9-]+)\//g)
  return [...new Set([...clients].map(([, client]) => client))].sort()
}

// An endpoint without a server: everything that is loaded is loaded before the first call.
const closed = awsEnv('http://127.0.0.1:1')

test('no command loads an AWS client that it does not use', async t => {
  t.deepEqual(await clientsLoadedBy('render', ['--node', 'cluster1-leader-1'], closed), [])
  t.deepEqual(await clientsLoadedBy('launch', ['--dry-run'], noAwsEnv()), [])
  t.deepEqual(await clientsLoadedBy('status', [], closed), ['auto-scaling', 'ec2'])
  const image = ['--image', 'ami-0123456789abcdef0']
  t.deepEqual(await clientsLoadedBy('launch', image, closed), ['auto-scaling', 'ec2', 'iam', 'sts'])
  t.deepEqual(await clientsLoadedBy('launch', [], closed), ['auto-scaling', 'ec2', 'iam', 'ssm', 'sts'])
})
