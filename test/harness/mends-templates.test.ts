import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  CreateTagsCommand,
  DescribeLaunchTemplatesCommand,
  DescribeLaunchTemplateVersionsCommand,
  EC2Client,
  paginateDescribeLaunchTemplates,
  paginateDescribeLaunchTemplateVersions,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import anyTest, { type TestFn } from 'ava'
import { clientConfig } from './aws.ts'
import { type Cloud, cloudTests } from './cloud.ts'
import { base64, makeTemplate, oneFrom } from './template.ts'

const test = cloudTests(anyTest as TestFn<Cloud>)

const data = (text: string) => ({ LaunchTemplateData: { UserData: base64(text) } })

async function write({ ec2 }: Pick<Cloud, 'ec2'>, LaunchTemplateName: string, text: string) {
  const input = { LaunchTemplateName, VersionDescription: text, ...data(text) }
  return (await ec2.send(new CreateLaunchTemplateVersionCommand(input))).LaunchTemplateVersion?.VersionNumber
}

test('a template with user data only can be used as a log with consecutive numbers', async t => {
  const { ec2, sts } = t.context
  const LaunchTemplateName = 'log'
  const create = new CreateLaunchTemplateCommand({
    LaunchTemplateName,
    VersionDescription: 'first',
    ...data('first'),
  })
  const before = Date.now()
  await ec2.send(create)
  await t.throwsAsync(ec2.send(create), { name: 'InvalidLaunchTemplateName.AlreadyExistsException' })
  const numbers = await Promise.all(['a', 'b', 'c', 'd'].map(text => write(t.context, 'log', text)))
  t.deepEqual([...numbers].sort(), [2, 3, 4, 5])

  const asked = new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateName })
  const { LaunchTemplateVersions = [] } = await ec2.send(asked)
  // The newest first, as in the example in the EC2 API reference.
  t.deepEqual(
    LaunchTemplateVersions.map(({ VersionNumber }) => VersionNumber),
    [5, 4, 3, 2, 1],
  )
  const { Arn } = await sts.send(new GetCallerIdentityCommand({}))
  for (const {
    VersionDescription = '',
    LaunchTemplateData,
    CreatedBy,
    CreateTime,
  } of LaunchTemplateVersions) {
    t.is(LaunchTemplateData?.UserData, base64(VersionDescription))
    t.is(CreatedBy, Arn)
    t.true(CreateTime && CreateTime.getTime() >= before - 1_000 && CreateTime.getTime() <= Date.now() + 1_000)
  }
  await t.throwsAsync(ec2.send(new RunInstancesCommand(oneFrom(t.context, 'log', 'log'))), {
    name: 'MissingParameter',
  })
})

test('a version contains its creator', async t => {
  const { proxy, ec2 } = t.context
  await makeTemplate(t.context, 'makers')
  const credentials = { accessKeyId: 'AKIACOLLEAGUE0000000', secretAccessKey: 'not-a-secret' }
  const colleague = new EC2Client({ ...clientConfig(proxy.url), credentials })
  await write({ ec2: colleague }, 'makers', 'theirs')
  const asked = new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateName: 'makers' })
  const { LaunchTemplateVersions = [] } = await ec2.send(asked)
  t.deepEqual(
    LaunchTemplateVersions.map(({ CreatedBy }) => CreatedBy),
    [
      'arn:aws:iam::123456789012:user/AKIACOLLEAGUE0000000',
      'arn:aws:iam::123456789012:user/AKIATEST000000000000',
    ],
  )
})

test('templates and versions after the first page are found', async t => {
  const { ec2 } = t.context
  for (let count = 0; count < 20; count += 1) await makeTemplate(t.context, `many-${count}`)
  for (let count = 0; count < 20; count += 1) await write(t.context, 'many-0', String(count))
  const names = (await ec2.send(new DescribeLaunchTemplatesCommand({}))).LaunchTemplates ?? []
  t.true(names.filter(({ LaunchTemplateName = '' }) => LaunchTemplateName.startsWith('many-')).length === 20)

  const query = { MaxResults: 8, LaunchTemplateName: 'many-0' }
  const sizes: number[] = []
  for await (const page of paginateDescribeLaunchTemplateVersions({ client: ec2 }, query)) {
    sizes.push(page.LaunchTemplateVersions?.length ?? 0)
  }
  t.deepEqual(sizes, [8, 8, 5])
  let found = 0
  for await (const page of paginateDescribeLaunchTemplates({ client: ec2 }, { MaxResults: 8 })) {
    found += page.LaunchTemplates?.length ?? 0
  }
  t.is(found, names.length)
})

test('the error for a missing version contains its number', async t => {
  await makeTemplate(t.context, 'few')
  for (const version of ['0', '2']) {
    const query = { LaunchTemplateName: 'few', Versions: [version] }
    const asked = t.context.ec2.send(new DescribeLaunchTemplateVersionsCommand(query))
    await t.throwsAsync(asked, { name: 'InvalidLaunchTemplateId.VersionNotFound' })
  }
})

test('tags that are added to a template later are returned', async t => {
  const { ec2 } = t.context
  const id = await makeTemplate(t.context, 'tagged')
  await ec2.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'a', Value: 'b' }] }))
  const asked = new DescribeLaunchTemplatesCommand({ LaunchTemplateNames: ['tagged'] })
  t.deepEqual((await ec2.send(asked)).LaunchTemplates?.[0]?.Tags, [{ Key: 'a', Value: 'b' }])
})
