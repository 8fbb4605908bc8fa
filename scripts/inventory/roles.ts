/**
 * Why a role is not valid. Undefined if it is valid. Completes the sentence "the role … ".
 * Mesos 1.11, src/common/roles.cpp, `validate`.
 */
export function roleTrouble(role: string): string | undefined {
  if (role === '*') return undefined
  const parts = role.split('/')
  if (parts.includes('')) return 'must not start or end with a slash, or have two in a row'
  const wrong = parts.find(part => part === '.' || part === '..' || part === '*')
  if (wrong !== undefined) return `must not have ${wrong} as a part`
  return parts.some(part => part.startsWith('-')) ? 'must not start with a hyphen' : undefined
}
