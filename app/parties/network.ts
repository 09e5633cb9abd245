import { isIPv4, isIPv6 } from 'node:net'

/** The eight 16-bit groups of an IPv6 address. */
function groupsOf(address: string): number[] {
  const [head = '', tail] = address.split('::')
  const parse = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))
  const left = parse(head)
  const right = tail === undefined ? [] : parse(tail)
  return [...left, ...new Array<number>(Math.max(0, 8 - left.length - right.length)).fill(0), ...right]
}

/**
 * The network that a sign-in limit counts for: an IPv4 address itself, the /64 of an IPv6 address (one household or
 * office has 2^64 of them), and `unknown` for anything else, which all share one count.
 */
export function networkOf(address: string): string {
  const bare = address.replace(/%.*$/, '')
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1]
  const candidate = mapped ?? bare
  if (isIPv4(candidate)) return candidate
  if (!isIPv6(candidate) || candidate.includes('.')) return 'unknown'
  const prefix = groupsOf(candidate).slice(0, 4)
  return `${prefix.map((group) => group.toString(16)).join(':')}::/64`
}
