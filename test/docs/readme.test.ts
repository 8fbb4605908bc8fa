import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import anyTest, { type TestFn } from 'ava'
import { $ } from 'zx'
import { awsEnv, noAwsEnv } from '../harness/aws.ts'
import { type Cloud, cloudTests } from '../harness/cloud.ts'
import { cloneLike, commandsInContainers, commandsOfReadme } from '../harness/readme.ts'
import { onTerminal } from '../harness/terminal.ts'

const test = cloudTests(anyTest as TestFn<Cloud>)

// CI runs these itself, or in test/clusters/demo.test.ts.
const doneByCi = ['npm ci && npm run demo', 'npm ci && npm test']

/** Removes the output of npm about the script, and what differs between accounts. */
function comparable(text: string): string {
  return text
    .replace(/^npm warn .*\n/gm, '')
    .replace(/^\n?> [^\n]*\n> [^\n]*\n\n/, '')
    .replace(/i-[0-9a-f]{17}/g, 'i-…')
    .replace(/10\.20\.\d+\.\d+/g, '10.20.…')
    .replace(/(?<=\S) {2,}/g, '  ')
    .replace(/\r/g, '')
    .trim()
}

test('every command in the README prints what is shown below it', async t => {
  const { account, proxy } = t.context
  const folder = cloneLike()
  const all = commandsOfReadme()
  const inContainers = commandsInContainers().map(({ command }) => command)
  const toRun = all.filter(({ command }) => ![...doneByCi, ...inContainers].includes(command))
  t.true(toRun.length >= 8)
  let env = noAwsEnv()
  for (const { command, output } of toRun) {
    const asked = command.replace('ami-0123456789abcdef0', account.images.amd64)
    const { code, screen } = await typed(asked, { env: { ...env, NO_COLOR: '1' }, cwd: folder })
    t.is(code === 0, !output.startsWith('error') && !output.includes('\nerror'), `${command}\n${screen}`)
    if (output !== '') t.is(comparable(screen), comparable(output), command)
    if (command.startsWith('cp ')) {
      useSubnets(join(folder, 'inventory.yaml'), account.subnets)
      env = awsEnv(proxy.url)
    }
  }
})

/** Runs a command as it is typed. Prompts are answered on a terminal. */
async function typed(command: string, where: { env: NodeJS.ProcessEnv; cwd: string }) {
  if (/(launch|destroy)(?!.*(--yes|--dry-run|prot))/.test(command)) return onTerminal(command, 'y\n', where)
  const { exitCode, stdout } = await $({ ...where, nothrow: true, quiet: true })`sh -c ${`${command} 2>&1`}`
  return { code: exitCode, screen: stdout }
}

function useSubnets(file: string, subnets: readonly string[]): void {
  const text = readFileSync(resolve('inventory.example.yaml'), 'utf8')
  const own = text.replace(/subnet-([abc])\b/g, (_, letter: string) => subnets['abc'.indexOf(letter)] ?? '')
  writeFileSync(file, own)
}
