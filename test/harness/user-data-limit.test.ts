import test from 'ava'
import { type Backend, parseRequest } from './aws-call.ts'
import { userDataLimit } from './user-data-limit.ts'

const taken: Backend = async () => ({ status: 200, headers: {}, body: Buffer.from('taken') })

async function answer(name: string, value: string): Promise<string> {
  const headers = { authorization: 'Credential=KEY/20260101/us-east-1/ec2/aws4_request' }
  const body = Buffer.from(new URLSearchParams({ Action: 'RunInstances', [name]: value }).toString())
  return (
    await userDataLimit(taken)(parseRequest({ method: 'POST', path: '/' }, headers, body))
  ).body.toString()
}

const base64 = (bytes: number) => Buffer.alloc(bytes).toString('base64')

for (const name of ['UserData', 'LaunchTemplateData.UserData']) {
  test(`${name} accepts 16,384 bytes before base64 encoding, and not one more`, async t => {
    t.is(await answer(name, base64(16_384)), 'taken')
    t.regex(await answer(name, base64(16_385)), /InvalidParameterValue.*User data is limited to 16384 bytes/)
    t.regex(await answer(name, '#cloud-config'), /InvalidUserData\.Malformed/)
  })
}
