import { fileURLToPath } from 'node:url'
import { runProgram } from '../harness/programs.ts'

/** The data of the first node, by sequence number, whose path has this prefix. */
export function readNode(server: string, prefix: string): string {
  return withNode(server, prefix, "sys.stdout.write(session.data(f'{folder}/{node}').decode())")
}

/** Deletes the first node whose path has this prefix, which only its owner should do. */
export function deleteNode(server: string, prefix: string): void {
  withNode(server, prefix, "session._call(2, text(f'{folder}/{node}') + struct.pack('>i', -1))")
}

function withNode(server: string, prefix: string, action: string): string {
  const script = `
import struct, sys
from mesos_double.zookeeper import Session, text
server, prefix = sys.argv[1:]
folder, _, begin = prefix.rpartition('/')
session = Session(5)
session.connect((server, 2181), 5)
node = min((name for name in session.children(folder) if name.startswith(begin)), key=lambda name: name[-10:])
${action}
session.farewell()
`
  const env = [`PYTHONPATH=${fileURLToPath(new URL('.', import.meta.url))}`, 'PYTHONDONTWRITEBYTECODE=1']
  const { code, output } = runProgram('env', [...env, '/usr/bin/python3', '-c', script, server, prefix])
  if (code !== 0) throw new Error(output)
  return output
}
