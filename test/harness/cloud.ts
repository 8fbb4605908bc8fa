import { AutoScalingClient } from '@aws-sdk/client-auto-scaling'
import { EC2Client } from '@aws-sdk/client-ec2'
import { IAMClient } from '@aws-sdk/client-iam'
import { SSMClient } from '@aws-sdk/client-ssm'
import { STSClient } from '@aws-sdk/client-sts'
import type { TestFn } from 'ava'
import { type Account, clientConfig, prepareAccount } from './aws.ts'
import { type AwsProxy, startAwsProxy } from './aws-proxy.ts'
import { type Moto, motoMissing, startMoto } from './moto.ts'

/** A stand-in for AWS, with clients that do not retry, so that a test sees the first response. */
export interface Cloud {
  moto: Moto
  proxy: AwsProxy
  account: Account
  ec2: EC2Client
  autoScaling: AutoScalingClient
  iam: IAMClient
  ssm: SSMClient
  sts: STSClient
  stop(): Promise<void>
}

/** moto behind the proxy, with a prepared account, whose VPC has the prefix. */
export async function startCloud(prefix?: string): Promise<Cloud> {
  const moto = await startMoto()
  const proxy = await startAwsProxy({ upstream: moto.url })
  const config = { ...clientConfig(proxy.url), maxAttempts: 1 }
  return {
    moto,
    proxy,
    account: await prepareAccount(proxy.url, prefix),
    ec2: new EC2Client(config),
    autoScaling: new AutoScalingClient(config),
    iam: new IAMClient(config),
    ssm: new SSMClient(config),
    sts: new STSClient(config),
    stop: async () => {
      await proxy.close()
      await moto.stop()
    },
  }
}

/**
 * Provides a cloud to every test of a file as `t.context`, and stops it at the end. If moto or something else is
 * `missing`, the tests are skipped and the reason is printed; in CI they fail.
 */
export function cloudTests(
  test: TestFn<Cloud>,
  missing = motoMissing(),
): TestFn<Cloud>['serial'] | TestFn<Cloud>['serial']['skip'] {
  if (mustSkip(missing)) return test.serial.skip
  let cloud: Cloud | undefined
  test.before(async () => {
    cloud = await startCloud()
  })
  test.beforeEach(async t => {
    if (cloud) t.context = cloud
    cloud?.proxy.clearFaults()
    await cloud?.proxy.delays({})
  })
  test.after.always(() => cloud?.stop())
  return test.serial
}

/** Whether tests that require moto are skipped. Prints the reason. */
export function mustSkip(missing = motoMissing()): boolean {
  if (!missing || process.env.CI) return false
  process.stderr.write(`skipped: ${missing}\n`)
  return true
}
