/**
 * A small model of PlacementRegistry, written from its interface alone. Of several reasons to refuse a call, the first counts, in this order:
 * who calls, which offer is meant, where the placement stands, which agency is named, until when.
 */

/** Any of them may be a supplier, and the agency of any other. */
export const ACCOUNTS = ['supplier', 'otherSupplier', 'agency', 'otherAgency'] as const
export type Account = (typeof ACCOUNTS)[number]
/** Who may be named as an agency; the last two never rightly. */
export type Party = Account | 'nobody' | 'contract'

/** Keys that every supplier uses, each for itself. */
export const KEYS = [0, 1] as const
export type Key = (typeof KEYS)[number]

export type PlacementStatus = 'None' | 'Offered' | 'Accepted' | 'Held' | 'Recalled' | 'Returned' | 'Expired'
export type Placement = { agency: Party; expires: bigint; status: PlacementStatus }
export type Registry = Record<Account, Record<Key, Placement>>

/** A call that the contract offers, in the words of the model. */
export type Call =
  | { name: 'place'; by: Account; key: Key; agency: Party; expires: bigint }
  | { name: 'hold' | 'resume' | 'recall'; by: Account; key: Key }
  | { name: 'accept'; by: Account; supplier: Account; key: Key; expires: bigint }
  | { name: 'giveBack' | 'expire'; by: Account; supplier: Account; key: Key }

export function emptyRegistry(): Registry {
  const none = (): Placement => ({ agency: 'nobody', expires: 0n, status: 'None' })
  const keys = (): Record<Key, Placement> => ({ 0: none(), 1: none() })
  return { supplier: keys(), otherSupplier: keys(), agency: keys(), otherAgency: keys() }
}

/** Whose placement a call is about: the supplier's own calls are about its own. */
export function supplierOf(call: Call): Account {
  return 'supplier' in call ? call.supplier : call.by
}

/** A placement as it stands at a time, whether or not somebody has written down that it is over. */
export function seenAt(placement: Placement, now: bigint): Placement {
  return isLapsed(placement, now) ? { ...placement, status: 'Expired' } : placement
}

/** The error that a call is refused with, or null when it is not. Changes nothing. */
export function refusalOf(registry: Registry, call: Call, now: bigint): string | null {
  const placement = registry[supplierOf(call)][call.key]
  const isForAgency = call.name === 'accept' || call.name === 'giveBack'
  if (isForAgency && call.by !== placement.agency) return 'PlacementRegistry_CallerInvalid'
  if (call.name === 'accept' && call.expires !== placement.expires) return 'PlacementRegistry_ExpiryMismatch'
  if (!isFitting(placement, call.name, now)) return 'PlacementRegistry_StatusInvalid'
  if (call.name !== 'place') return null
  if (call.agency === 'nobody' || call.agency === 'contract' || call.agency === call.by)
    return 'PlacementRegistry_AgencyInvalid'
  return call.expires < now ? 'PlacementRegistry_ExpiryInvalid' : null
}

/** Does a call that is not refused. */
export function perform(registry: Registry, call: Call): void {
  const placement = registry[supplierOf(call)][call.key]
  if (call.name === 'place') {
    placement.agency = call.agency
    placement.expires = call.expires
  }
  placement.status = LEADS_TO[call.name]
}

const LEADS_TO: Record<Call['name'], PlacementStatus> = {
  place: 'Offered',
  accept: 'Accepted',
  hold: 'Held',
  resume: 'Accepted',
  recall: 'Recalled',
  giveBack: 'Returned',
  expire: 'Expired',
}

function isRunning({ status }: Placement): boolean {
  return status === 'Offered' || status === 'Accepted' || status === 'Held'
}

/** Whether the last second of a placement passed while it ran. */
function isLapsed(placement: Placement, now: bigint): boolean {
  return isRunning(placement) && now > placement.expires
}

/** Whether a placement stands where such a call may be made. */
function isFitting(placement: Placement, name: Call['name'], now: bigint): boolean {
  if (name === 'expire') return isLapsed(placement, now)
  const { status } = seenAt(placement, now)
  switch (name) {
    case 'place':
      return !isRunning(placement) || isLapsed(placement, now)
    case 'accept':
      return status === 'Offered'
    case 'hold':
      return status === 'Accepted'
    case 'resume':
      return status === 'Held'
    case 'recall':
    case 'giveBack':
      return isRunning(placement) && !isLapsed(placement, now)
  }
}
