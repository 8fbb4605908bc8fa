import test from 'ava'
import { type Ask, allows, type Policy, partsOf, without } from './policy.ts'

const tagged = { StringLike: { 'aws:ResourceTag/team': 'a*' } }
const instances = 'arn:aws:ec2:*:*:instance/*'
const policy: Policy = {
  Version: '2012-10-17',
  Statement: [
    { Sid: 'Look', Effect: 'Allow', Action: 'ec2:Describe*', Resource: '*' },
    { Sid: 'End', Effect: 'Allow', Action: ['ec2:Stop?', 'ec2:End'], Resource: instances, Condition: tagged },
    {
      Sid: 'Tag',
      Effect: 'Allow',
      Action: 'ec2:Tag',
      Resource: [instances, '*'],
      Condition: {
        StringEquals: { 'ec2:CreateAction': ['Run', 'Create'] },
        Null: { 'aws:RequestTag/team': 'false', 'aws:ResourceTag/team': 'true' },
      },
    },
    {
      Sid: 'Move',
      Effect: 'Allow',
      Action: 'ec2:Move',
      Resource: '*',
      Condition: { StringLikeIfExists: { 'aws:RequestTag/team': 'a*' } },
    },
    { Sid: 'Never', Effect: 'Deny', Action: 'ec2:*', Resource: 'arn:aws:ec2:eu-west-1:*' },
  ],
}

const instance = 'arn:aws:ec2:us-east-1:1:instance/i-1'

function ask(action: string, resource = instance, context: Ask['context'] = {}): Ask {
  return { action, resource, context }
}

const cases: readonly (readonly [fact: string, allowed: boolean, ask: Ask])[] = [
  ['a wildcard in an action', true, ask('ec2:DescribeImages', '*')],
  ['an action in another case', true, ask('EC2:describeimages', '*')],
  ['an action of another service', false, ask('s3:DescribeImages', '*')],
  ['a tag that matches', true, ask('ec2:End', instance, { 'aws:ResourceTag/team': 'abc' })],
  ['a key in another case', true, ask('ec2:End', instance, { 'aws:resourcetag/team': 'abc' })],
  ['a tag that does not match', false, ask('ec2:End', instance, { 'aws:ResourceTag/team': 'b' })],
  ['a value in another case', false, ask('ec2:End', instance, { 'aws:ResourceTag/team': 'ABC' })],
  ['no tag', false, ask('ec2:End')],
  ['another type of resource', false, ask('ec2:End', '*', { 'aws:ResourceTag/team': 'abc' })],
  ['one character', true, ask('ec2:Stop1', instance, { 'aws:ResourceTag/team': 'a' })],
  ['two characters', false, ask('ec2:Stop12', instance, { 'aws:ResourceTag/team': 'a' })],
  ['all keys', true, ask('ec2:Tag', '*', { 'ec2:CreateAction': 'Create', 'aws:RequestTag/team': '' })],
  ['one key of two', false, ask('ec2:Tag', '*', { 'ec2:CreateAction': 'Create' })],
  [
    'a value that is not listed',
    false,
    ask('ec2:Tag', '*', { 'ec2:CreateAction': 'C', 'aws:RequestTag/team': '' }),
  ],
  ['a key that may be missing', true, ask('ec2:Move')],
  [
    'a value that matches where it may be missing',
    true,
    ask('ec2:Move', '*', { 'aws:RequestTag/team': 'abc' }),
  ],
  ['a value that does not match there', false, ask('ec2:Move', '*', { 'aws:RequestTag/team': 'b' })],
  ['what is denied too', false, ask('ec2:DescribeImages', 'arn:aws:ec2:eu-west-1:1:image/x')],
]

for (const [fact, allowed, one] of cases) {
  test(`${fact} is ${allowed ? 'allowed' : 'not allowed'}`, t => t.is(allows(policy, one), allowed))
}

test('a policy is split into parts, and can be evaluated without each of them', t => {
  const parts = ['End: ec2:Stop?', 'End: ec2:End', `End: ${instances}`]
  t.deepEqual(
    partsOf(policy).filter(part => part.startsWith('End')),
    parts,
  )
  const end = ask('ec2:End', instance, { 'aws:ResourceTag/team': 'a' })
  t.deepEqual(
    parts.map(part => allows(without(policy, part), end)),
    [true, false, false],
  )
})

test('policy elements that the evaluator does not support are errors', t => {
  const [look] = policy.Statement
  const with_ = (change: object) => ({ ...policy, Statement: [{ ...look, ...change }] }) as Policy
  const key = { 'aws:username': 'a' }
  const messages = [
    [{ NotAction: 'x' }, 'Look: NotAction is not supported here'],
    [{ Condition: { Bool: key } }, 'the condition operator Bool is not supported here'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable
    [{ Resource: '${aws:username}' }, 'the policy variable in ${aws:username} is not supported here'],
  ] as const
  for (const [change, message] of messages) {
    t.throws(() => allows(with_(change), ask('ec2:DescribeImages', '*')), { message })
  }
})
