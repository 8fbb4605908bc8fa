import {
  CreateNetworkInterfaceCommand,
  DescribeNetworkInterfacesCommand,
  type NetworkInterface,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2'
import type { Cloud } from './cloud.ts'
import { oneFrom } from './template.ts'

/** Creates a network interface in the second subnet of the account, with the tag `seat`, and returns its ID. */
export async function makeInterface(
  { ec2, account }: Cloud,
  seat: string,
  change: object = {},
): Promise<string> {
  const Tags = [{ Key: 'seat', Value: seat }]
  const { NetworkInterface } = await ec2.send(
    new CreateNetworkInterfaceCommand({
      SubnetId: account.subnets[1],
      Description: `seat ${seat}`,
      TagSpecifications: [{ ResourceType: 'network-interface', Tags }],
      ...change,
    }),
  )
  return NetworkInterface?.NetworkInterfaceId ?? ''
}

/** The interfaces with the tag `seat`. */
export async function interfacesOf({ ec2 }: Cloud, seat: string): Promise<NetworkInterface[]> {
  const Filters = [{ Name: 'tag:seat', Values: [seat] }]
  const { NetworkInterfaces = [] } = await ec2.send(new DescribeNetworkInterfacesCommand({ Filters }))
  return NetworkInterfaces
}

/** An instance from the latest version of a template, with an existing interface. */
export function oneOn(cloud: Cloud, template: string, id: string, token = id): RunInstancesCommandInput {
  return {
    ...oneFrom(cloud, template, token),
    SubnetId: undefined,
    NetworkInterfaces: [{ NetworkInterfaceId: id, DeviceIndex: 0 }],
  }
}
