import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import {
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type ServiceClientConstructor,
} from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { decode, ExtData, ExtensionCodec, encode } from '@msgpack/msgpack'
import { awsData, awsResources, type BlockSchema, externalData } from './terraform-schemas.ts'

/** A provider that Terraform uses instead of an installed one. */
export interface ProviderDouble {
  /** Its entry in TF_REATTACH_PROVIDERS. */
  readonly reattach: object
  stop(): void
}

interface Kind {
  readonly resources: Readonly<Record<string, BlockSchema>>
  readonly data: Readonly<Record<string, BlockSchema>>
  readonly read: (config: Record<string, unknown>) => Record<string, unknown>
}

/** A double of the AWS provider. It knows the arguments of a few resources, and plans without network access. */
export function startAwsDouble(): Promise<ProviderDouble> {
  return startDouble({
    resources: awsResources,
    data: awsData,
    read: config => ({ ...config, value: `ami-of${String(config.name).replaceAll('/', '-')}` }),
  })
}

/** A double of the external provider. Like the real one, it runs the program and accepts a flat map of strings. */
export function startExternalDouble(folder: string, env: NodeJS.ProcessEnv): Promise<ProviderDouble> {
  return startDouble({
    resources: {},
    data: externalData,
    read: config => {
      const [program = '', ...args] = config.program as string[]
      const input = JSON.stringify(config.query ?? {})
      const result = JSON.parse(execFileSync(program, args, { cwd: folder, env, input, encoding: 'utf8' }))
      if (!Object.values(result).every(value => typeof value === 'string')) {
        throw new Error('the program did not print a map of strings')
      }
      return { ...config, result }
    },
  })
}

const proto = fileURLToPath(new URL('terraform-provider.proto', import.meta.url))

async function startDouble({ resources, data, read }: Kind): Promise<ProviderDouble> {
  const definition = loadPackageDefinition(loadSync(proto, { keepCase: true })) as unknown as {
    tfplugin5: { Provider: ServiceClientConstructor }
  }
  const server = new Server({ 'grpc.max_receive_message_length': 1 << 28 })
  server.addService(definition.tfplugin5.Provider.service, {
    GetSchema: answer(() => ({
      provider: schemaOf({ attributes: { region: 'string' } }),
      resource_schemas: mapped(resources, schemaOf),
      data_source_schemas: mapped(data, schemaOf),
    })),
    PrepareProviderConfig: answer(({ config }) => ({ prepared_config: config })),
    ValidateResourceTypeConfig: answer(() => ({})),
    ValidateDataSourceConfig: answer(() => ({})),
    Configure: answer(() => ({})),
    PlanResourceChange: answer(({ type_name, proposed_new_state }) => ({
      planned_state: packed(withUnknowns(unpacked(proposed_new_state), resources[type_name])),
    })),
    ReadDataSource: answer(({ config }) => ({ state: packed(read(unpacked(config))) })),
    Stop: answer(() => ({})),
  })
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    )
  })
  const Addr = { Network: 'tcp', String: `127.0.0.1:${port}` }
  return {
    reattach: { Protocol: 'grpc', ProtocolVersion: 5, Pid: process.pid, Test: true, Addr },
    stop: () => server.forceShutdown(),
  }
}

interface Request {
  readonly type_name: string
  readonly config: Packed
  readonly proposed_new_state: Packed
}

interface Packed {
  readonly msgpack: Uint8Array
}

/** A method of the service. Terraform shows what it throws. */
function answer(method: (request: Request) => object) {
  return ({ request }: { request: Request }, done: (error: Error | null, reply?: object) => void) => {
    try {
      done(null, method(request))
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)))
    }
  }
}

const unknown = new ExtData(0, new Uint8Array([0]))
// Terraform represents unknown values with a msgpack extension.
const extensionCodec = new ExtensionCodec()
for (let type = 0; type < 13; type += 1) {
  extensionCodec.register({ type, encode: () => null, decode: bytes => new ExtData(type, bytes) })
}

function unpacked({ msgpack }: Packed): Record<string, unknown> {
  return decode(msgpack, { extensionCodec }) as Record<string, unknown>
}

function packed(value: unknown): Packed {
  return { msgpack: encode(value) }
}

/** Computed values are unknown until the resource is created. */
function withUnknowns(value: Record<string, unknown>, schema: BlockSchema | undefined) {
  const computed = Object.entries(schema?.attributes ?? {}).filter(([, type]) => type.startsWith('='))
  return { ...value, ...Object.fromEntries(computed.map(([name]) => [name, unknown])) }
}

const types: Readonly<Record<string, unknown>> = {
  map: ['map', 'string'],
  set: ['set', 'string'],
  list: ['list', 'string'],
}

function schemaOf(schema: BlockSchema): object {
  return { version: 0, block: blockOf(schema) }
}

function blockOf({ attributes, blocks = {} }: BlockSchema): object {
  return {
    attributes: Object.entries(attributes).map(([name, type]) => {
      const plain = type.replace(/^[!=]/, '')
      return {
        name,
        type: Buffer.from(JSON.stringify(types[plain] ?? plain)),
        required: type.startsWith('!'),
        optional: /^\w/.test(type),
        computed: type.startsWith('='),
      }
    }),
    // A list, like all blocks in the examples.
    block_types: Object.entries(blocks).map(([type_name, block]) => ({
      type_name,
      block: blockOf(block),
      nesting: 2,
    })),
  }
}

function mapped<T>(values: Readonly<Record<string, T>>, as: (value: T) => object): Record<string, object> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, as(value)]))
}
