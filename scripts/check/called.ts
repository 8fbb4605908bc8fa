/** How a command is invoked: `npm run render --` in a clone, `mesos-bakery render` where the package is installed. */
export function calledAs(name: string): string {
  return isBin() ? `mesos-bakery ${name}` : `npm run ${name} --`
}

function isBin(): boolean {
  return /[\\/]mesos-bakery(\.js)?$/.test(process.argv[1] ?? '')
}
