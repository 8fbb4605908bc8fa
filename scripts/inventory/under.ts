/** `groups.web` and `min` make `groups.web.min`. */
export function under(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}
