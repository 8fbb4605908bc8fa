/** One thing that Packer says with `-machine-readable`. */
export type PackerEvent =
  | { readonly kind: 'said' | 'detail' | 'complaint'; readonly source: string; readonly text: string }
  /** What a build has made: an image's id, or `region:id,region:id`. */
  | { readonly kind: 'made'; readonly source: string; readonly builder: string; readonly id: string }

const kinds: Readonly<Record<string, 'said' | 'detail' | 'complaint'>> = {
  say: 'said',
  message: 'detail',
  error: 'complaint',
}

/** Reads lines of `time,source,type,data…`. What tells people nothing gives nothing. */
export function packerReader(): (line: string) => readonly PackerEvent[] {
  const builders = new Map<string, string>()
  return line => {
    const [, source = '', type = '', ...data] = line.split(',').map(asItWas)
    if (type === 'ui') return readSpeech(kinds[data[0] ?? ''], data.slice(1).join(','))
    const [index = '', key = '', value = ''] = data
    if (type !== 'artifact') return []
    if (key === 'builder-id') builders.set(`${source} ${index}`, value)
    if (key !== 'id') return []
    return [{ kind: 'made', source, builder: builders.get(`${source} ${index}`) ?? '', id: value }]
  }
}

// Packer writes a comma of its data as this, and line ends as \n and \r.
function asItWas(text: string): string {
  return text.replaceAll('%!(PACKER_COMMA)', ',').replaceAll('\\n', '\n').replaceAll('\\r', '\r')
}

function readSpeech(kind: 'said' | 'detail' | 'complaint' | undefined, said: string): readonly PackerEvent[] {
  if (kind === undefined) return []
  return said
    .split(/[\r\n]+/)
    .map(line => /^(?:==> |--> |\s+)?(?:([a-z-]+\.[\w-]+)(?: \([\w-]+\))?: )?(.*)$/.exec(line))
    .flatMap(found => {
      const [, source = '', text = ''] = found ?? []
      return text.trim() === '' ? [] : [{ kind, source, text: text.trimEnd() }]
    })
}

// Packer says what a provisioner prints in the same way as what it does itself. It goes on with one of these.
const ownWords =
  /^(Provisioning |Uploading |Downloading |Stopping |Committing |Killing |Deleting |Terminating |Cleaning |Cancelling|No AMIs )/
const noise =
  /^(Run command|Container ID|Using docker communicator|Running post-processor|Repository|Imported|Creating a temporary directory)/

/** Tells Packer's own steps, each as one short line; what provisioners print is left out. */
export function shortLines(): (event: PackerEvent) => string | undefined {
  let provisioning = false
  return event => {
    if (event.kind === 'made' || event.source === '') return undefined
    if (ownWords.test(event.text)) provisioning = false
    if (provisioning || (event.kind === 'said' && noise.test(event.text))) return undefined
    const provisioner = /^Provisioning with shell script: .*?([\w-]+)\.sh$/.exec(event.text)?.[1]
    provisioning = event.text.startsWith('Provisioning with ')
    if (provisioner !== undefined) return `provisioner ${provisioner}`
    return event.text.length > 100 ? `${event.text.slice(0, 99)}…` : event.text
  }
}
