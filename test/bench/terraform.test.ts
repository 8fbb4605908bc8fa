import anyTest, { type TestFn } from 'ava'
import { unless } from '../harness/programs.ts'
import { terraformMissing } from '../harness/terraform.ts'
import { manyFollowers } from './many-followers.ts'
import { timeTerraform } from './terraform.ts'

const test = unless(terraformMissing, anyTest as TestFn)

test('Terraform in the benchmark renders the same bytes as mesos-bakery', async t => {
  await t.notThrowsAsync(timeTerraform(manyFollowers(3)))
})
