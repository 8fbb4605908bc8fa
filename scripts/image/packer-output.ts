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
const noise = new RegExp(
  `^(${[
    'Run command|Container ID|Using|Running post-processor|Repository|Imported|Creating a temporary directory',
    'Prevalidating|Found Image ID|Authorizing|Adding tag|Attaching run tags|Tagging|Creating (AMI|snapshot) tags',
    'Instance ID|Waiting for SSH|Stopping instance|Modifying|Skipping|Enabling|No volumes|Cleaning up any',
    'AMIs were created|Uploading|Downloading|Pausing',
  ].join('|')})`,
)

/** Tells Packer's own steps, each as one short line; what provisioners print is left out. */
export function shortLines(): (event: PackerEvent) => string | undefined {
  let provisioning = false
  return event => {
    if (event.kind === 'made' || event.source === '') return undefined
    if (ownWords.test(event.text)) provisioning = false
    if (provisioning || noise.test(event.text)) return undefined
    const provisioner = /^Provisioning with shell script: .*?([\w-]+)\.sh$/.exec(event.text)?.[1]
    provisioning = event.text.startsWith('Provisioning with ')
    if (provisioner !== undefined) return `provisioner ${provisioner}`
    // A script from the template itself has no name, but that of a file that Packer makes up.
    if (provisioning) return undefined
    return event.text.length > 100 ? `${event.text.slice(0, 99)}…` : event.text
  }
}

/** `us-east-1:ami-1,us-west-2:ami-2` by region. */
export function imagesByRegion(id: string): Readonly<Record<string, string>> {
  return Object.fromEntries(id.split(',').map(part => part.split(':') as [string, string]))
}

/** What a person wants to read of a build that failed: what the provisioner said last, else what Packer did. */
export function lastWords(lines: readonly string[]): readonly string[] {
  const end = lines.findIndex(line => line.startsWith('Provisioning step had errors'))
  const said = end > 0 ? lines.slice(0, end) : lines.filter(line => !summary.test(line))
  return said.filter((line, at) => line !== said[at - 1]).slice(-8)
}

const summary =
  /^(Build '|Wait completed|Some builds|Builds finished|Terminating|Cleaning|No volumes|Deleting)/
