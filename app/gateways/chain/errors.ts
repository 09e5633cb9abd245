import { type FaultKind, GatewayFault } from '#app/gateways/gateway-fault.ts'
import type { Broadcast } from './port.ts'

const KNOWN = /already known|already imported|known transaction|already exists|transaction already in/i
const NONCE_USED = /nonce too low|nonce has already been used|nonce is too low|old nonce|NONCE_EXPIRED/i
const REFUSED =
  /insufficient funds|underpriced|fee too low|less than block base fee|fee cap|intrinsic gas|exceeds block gas limit|invalid (sender|chain|signature|transaction)/i

/** Turns whatever a call to the chain threw into a fault. A read can always be tried again. */
export function asFault(error: unknown, operation: string, kind: FaultKind = 'unavailable'): GatewayFault {
  if (error instanceof GatewayFault) return error
  return new GatewayFault({
    kind,
    vendor: 'chain',
    operation,
    message: errorText(error).slice(0, 300),
    cause: error,
  })
}

/** What an error to a broadcast means; null when it says nothing, so that the transaction may have been taken. */
export function broadcastAnswer(error: unknown): Broadcast | null {
  const text = errorText(error)
  if (KNOWN.test(text)) return { kind: 'accepted' }
  if (NONCE_USED.test(text)) return { kind: 'nonce_used' }
  if (REFUSED.test(text)) return { kind: 'refused', reason: text.slice(0, 300) }
  return null
}

/** The node's own words first: ethers wraps them, and its long message repeats the raw transaction. */
function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const own = 'error' in error && typeof error.error === 'object' && error.error !== null ? error.error : null
  const words = own !== null && 'message' in own ? String(own.message) : ''
  const shortMessage = 'shortMessage' in error ? String(error.shortMessage) : error.message
  const code = 'code' in error ? String(error.code) : ''
  return [words, shortMessage, code].filter((part) => part !== '').join(' · ')
}
