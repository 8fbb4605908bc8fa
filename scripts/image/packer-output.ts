/** An event in the output of Packer with `-machine-readable`. */
export type PackerEvent =
  | { readonly kind: 'said' | 'detail' | 'complaint'; readonly source: string; readonly text: string }
  /** The result of a build: the ID of an image, or `region:id,region:id`. */
  | { readonly kind: 'made'; readonly source: string; readonly builder: string; readonly id: string }

const kinds: Readonly<Record<string, 'said' | 'detail' | 'complaint'>> = {
  say: 'said',
  message: 'detail',
  error: 'complaint',
}

/** Parses lines of `time,source,type,data…`. Returns no event for lines that are not relevant to the user. */
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

// Packer escapes commas in its data, and line breaks as \n and \r.
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

// Packer prints the output of provisioners in the same way as its own messages. These are the beginnings of its own
// messages.
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

/** Shows the steps of Packer as short lines, without the output of provisioners. */
export function shortLines(): (event: PackerEvent) => string | undefined {
  let provisioning = false
  return event => {
    if (event.kind === 'made' || event.source === '') return undefined
    if (ownWords.test(event.text)) provisioning = false
    if (provisioning || noise.test(event.text)) return undefined
    const provisioner = /^Provisioning with shell script: .*?([\w-]+)\.sh$/.exec(event.text)?.[1]
    provisioning = event.text.startsWith('Provisioning with ')
    if (provisioner !== undefined) return `provisioner ${provisioner}`
    // An inline script has no name, only that of a temporary file.
    if (provisioning) return undefined
    return event.text.length > 100 ? `${event.text.slice(0, 99)}…` : event.text
  }
}

/** Parses `us-east-1:ami-1,us-west-2:ami-2` into IDs by region. */
export function imagesByRegion(id: string): Readonly<Record<string, string>> {
  return Object.fromEntries(id.split(',').map(part => part.split(':') as [string, string]))
}

/**
 * The most relevant lines of a failed build: the last output of the provisioner, otherwise the last output of Packer.
 */
export function lastWords(lines: readonly string[]): readonly string[] {
  const end = lines.findIndex(line => line.startsWith('Provisioning step had errors'))
  const said = end > 0 ? lines.slice(0, end) : lines.filter(line => !summary.test(line))
  return said.filter((line, at) => line !== said[at - 1]).slice(-8)
}

const summary =
  /^(Build '|Wait completed|Some builds|Builds finished|Terminating|Cleaning|No volumes|Deleting)/
