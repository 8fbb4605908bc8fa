import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import test, { type ExecutionContext } from 'ava'
import axe from 'axe-core'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { run } from '../harness/command.ts'
import { needing } from '../harness/programs.ts'

// The page in Chromium, compared with what the commands print.

const inventory = `cluster: c1
vars:
  mesos_zk_port: 2182
groups:
  leaders:
    vars: { mesos_mode: leader }
    count: 3
    subnets: [subnet-a, subnet-b, subnet-c]
  web:
    min: 2
    max: 4
    subnets: [subnet-a, subnet-b]
`

const folder = mkdtempSync(join(tmpdir(), 'mesos-bakery-page-'))
const [source, file] = [join(folder, 'inventory.yaml'), join(folder, 'page.html')]
const inBrowser = needing(test, 'chromium-headless-shell')
let browser: Browser

test.before(async () => {
  writeFileSync(source, inventory)
  const { code, stderr } = await run('page', ['--inventory', source, '--out', file])
  if (code !== 0) throw new Error(stderr)
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium-headless-shell',
    args: ['--no-sandbox'],
  })
})

test.after.always(async () => {
  await browser?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Uses a page as opened from its file. Any request, error or message on the console fails the test. */
async function onPage(
  t: ExecutionContext,
  options: BrowserContextOptions,
  use: (page: Page) => Promise<void>,
  opened = file,
) {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const heard: string[] = []
  page.on('console', message => heard.push(message.text()))
  page.on('pageerror', error => heard.push(String(error)))
  page.on('request', request => heard.push(request.url()))
  const url = pathToFileURL(opened).href
  await page.goto(url)
  await use(page)
  t.deepEqual(heard, [url])
  await context.close()
}

/** Replaces the number of leaders, as a user types it. */
async function typeLeaders(page: Page, number: number): Promise<void> {
  await page.locator('.cm-line', { hasText: 'count:' }).click()
  await page.keyboard.press('End')
  await page.keyboard.press('Backspace')
  await page.keyboard.type(String(number))
}

const edited = (leaders: number) => inventory.replace('count: 3', `count: ${leaders}`)

/** What commands print for an inventory. */
async function printed(text: string) {
  const other = join(folder, 'edited.yaml')
  writeFileSync(other, text)
  const [json, dry, check] = await Promise.all([
    run('render', ['--inventory', other, '--json']),
    run('launch', ['--inventory', other, '--dry-run']),
    run('check', ['--inventory', other]),
  ])
  const { nodes } = JSON.parse(json.stdout) as {
    nodes: { name: string; bytes: number; sha256: string; userData: string }[]
  }
  return { nodes, plan: dry.stdout, check: check.stdout }
}

const rowsOf = (page: Page, table: string) =>
  page
    .locator(`${table} tbody tr`)
    .evaluateAll(rows =>
      rows.map(row =>
        [...(row as unknown as { cells: Iterable<{ textContent: string }> }).cells].map(
          cell => cell.textContent,
        ),
      ),
    )

inBrowser('4 leaders are an error at their line, and 5 add two seats with the checksums of render', t =>
  onPage(t, {}, async page => {
    const seats = page.locator('.seats li')
    // Apart from the marks of the line at the cursor.
    const sections = async () =>
      (await page.locator('.views').innerHTML()).replaceAll(/ class="(marked)?"/g, '')
    const before = await sections()
    t.is(await seats.count(), 3)
    await typeLeaders(page, 4)
    t.is(await page.locator('.cm-line:has(+ .messages)').textContent(), '    count: 4')
    t.is(await page.locator('.messages').textContent(), 'must be odd, got 4; use 3 or 5 [E012]')
    t.is(await page.locator('#counts').textContent(), '1 error')
    t.true(await page.locator('#stale').isVisible())

    await typeLeaders(page, 5)
    t.is(await page.locator('.messages').count(), 0)
    t.false(await page.locator('#stale').isVisible())
    t.is(await seats.count(), 5)
    const { nodes } = await printed(edited(5))
    t.deepEqual(
      await rowsOf(page, '#nodes'),
      nodes.map(({ name, bytes, sha256 }) => [name, String(bytes), sha256]),
    )
    await typeLeaders(page, 3)
    t.true((await sections()) === before)
  }),
)

inBrowser('the plan, the budget and the user data are those that commands print', t =>
  onPage(t, {}, async page => {
    await typeLeaders(page, 5)
    const { nodes, plan, check } = await printed(edited(5))
    const squeezed = plan.replace(/ +/g, ' ')
    const counts = await page.locator('#steps p').textContent()
    for (const sentence of (counts ?? '').split('. ')) t.true(plan.includes(sentence), sentence)
    await page.locator('summary').click()
    await page.locator('#steps tbody').waitFor()
    const steps = await rowsOf(page, '#steps')
    t.is(steps.length, Number(/(\d+) steps/.exec(plan)?.[1]))
    for (const step of steps) t.true(squeezed.includes(` ${step.join(' ').trim()}\n`), step.join(' '))

    const budgets = await rowsOf(page, '#budgets')
    for (const [group, , bytes, share, gzip, form, ...parts] of budgets)
      t.true(check.replace(/ +/g, ' ').includes([group, ...parts, bytes, share, gzip, form].join(' ')), group)

    for (const { name, userData } of nodes.slice(-2)) {
      await page.getByRole('button', { name, exact: true }).click()
      t.is(`${(await page.locator('.document code').allTextContents()).join('\n')}\n`, userData)
    }
  }),
)

inBrowser('a line of user data leads to its line in the inventory, and back', t =>
  onPage(t, {}, async page => {
    const line = page.locator('.document li', { hasText: 'clientPort=2182' })
    // The numbers of lines are drawn by the style sheet.
    const drawn = await page.evaluate<string>(
      "getComputedStyle(document.querySelector('.document li:nth-child(40)'), '::before').content",
    )
    t.regex(drawn, /40|attr\(data-line\)/)
    await line.getByRole('button', { name: 'mesos_zk_port, line 3 of the inventory' }).click()
    t.true((await line.getAttribute('class'))?.includes('marked'))
    t.regex((await page.locator('#explanation').textContent()) ?? '', /^mesos_zk_port: /)
    await page.keyboard.press('End')
    await page.keyboard.type('3')
    t.is(await page.locator('.document li', { hasText: 'clientPort=21823' }).count(), 1)
    await page.keyboard.press('Enter')
    await page.keyboard.type('marathon_h')
    await page.locator('.cm-completionLabel', { hasText: 'marathon_http_port' }).waitFor()
    await page.locator('.cm-completionInfo', { hasText: 'Marathon' }).waitFor()
    await page.getByRole('button', { name: 'Discard changes' }).click()
    t.is(await page.locator('.document li', { hasText: 'clientPort=2182' }).count(), 1)
  }),
)

inBrowser('an inventory with errors is shown with them, and can be corrected', async t => {
  const broken = join(folder, 'broken.yaml')
  writeFileSync(broken, edited(4))
  const other = join(folder, 'broken.html')
  t.is((await run('page', ['--inventory', broken, '--out', other])).code, 0)
  const use = async (page: Page) => {
    t.is(
      await page.locator('#stale').textContent(),
      'The inventory has errors. Correct them to see the cluster.',
    )
    t.false(await page.locator('#topology').isVisible())
    await typeLeaders(page, 1)
    t.is(await page.locator('.seats li').count(), 1)
    t.true(await page.locator('#topology').isVisible())
  }
  await onPage(t, {}, use, other)
})

for (const [colorScheme, width] of [
  ['light', 390],
  ['dark', 1400],
] as const)
  inBrowser(`axe finds no violations in ${colorScheme} at ${width} pixels, and nothing is cut off`, t =>
    onPage(t, { colorScheme, viewport: { width, height: 800 } }, async page => {
      await typeLeaders(page, 4)
      await page.locator('summary').click()
      await page.locator('#steps tbody').waitFor()
      await page.evaluate(axe.source)
      const { violations } = (await page.evaluate('axe.run()')) as {
        violations: { id: string; nodes: { html: string }[] }[]
      }
      t.deepEqual(
        violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]),
        [],
      )
      t.is(await page.evaluate('document.documentElement.scrollWidth'), width)
    }),
  )

test('the page has at most 250 KB, compressed', t => {
  t.true(gzipSync(readFileSync(file), { level: 9 }).length <= 250_000)
})
