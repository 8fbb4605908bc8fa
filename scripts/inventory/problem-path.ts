/** What a path leads to: a value of the inventory, an option of the command line, or a thing outside of both. */
type Root = 'inventory' | 'command line' | 'outside'

/** Where a problem is. It is compared and extended as a list of words, and only becomes text when it is shown. */
export class Path {
  /** The inventory as a whole. */
  static readonly root = new Path('inventory', [])

  readonly of: Root
  /** The keys from the top of the file, or the option and the keys in its value, or the name of the thing. */
  readonly words: readonly string[]

  private constructor(of: Root, words: readonly string[]) {
    this.of = of
    this.words = words
  }

  /** A value of the inventory, by its keys from the top. An entry of a list has its index as key. */
  static inInventory(...keys: readonly (string | number)[]): Path {
    return Path.root.below(...keys)
  }

  /** An option, as `--leaders`, or a value in what it sets: `--set` and `mesos_zk_port`. */
  static ofOption(option: string, ...keys: readonly string[]): Path {
    return new Path('command line', [option, ...keys])
  }

  /** A thing that is neither in the inventory nor on the command line: a node, a service, a download. */
  static outside(name: string): Path {
    return new Path('outside', [name])
  }

  below(...keys: readonly (string | number)[]): Path {
    return new Path(this.of, [...this.words, ...keys.map(String)])
  }

  isSame(other: Path): boolean {
    return this.words.length === other.words.length && this.covers(other)
  }

  /** Whether this path leads to `other`, or to a value around it. */
  covers(other: Path): boolean {
    return this.of === other.of && this.words.every((word, index) => word === other.words[index])
  }

  /** `groups.web.min`, `--set mesos_zk_port`, `AWS`. */
  toString(): string {
    if (this.of !== 'command line') return this.words.join('.')
    const [option, ...keys] = this.words
    return keys.length === 0 ? `${option}` : `${option} ${keys.join('.')}`
  }

  /** In JSON, a path is its text. */
  toJSON(): string {
    return this.toString()
  }
}
