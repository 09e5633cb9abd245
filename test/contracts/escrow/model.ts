/**
 * A small model of InvoiceEscrow, written from its interface alone: who may do what when, and what moves. It knows neither slots nor
 * bits nor EIP-712. Amounts in base units, times in Unix seconds.
 */

export type Party = 'payer' | 'payee' | 'arbiter' | 'agency' | 'stranger'

export type ModelTerms = {
  amount: bigint
  offerExpires: bigint
  deliverBy: bigint
  window: bigint
  arbiterTimeout: bigint
  defaultPayeeShareBps: bigint
  deemedDelivered: boolean
  hasAttestor: boolean
  discountUntil: bigint
  discountedAmount: bigint
  agencyShareBps: bigint
}

export type ModelStatus =
  | 'None'
  | 'Funded'
  | 'Delivered'
  | 'Disputed'
  | 'Released'
  | 'Refunded'
  | 'Ruled'
  | 'Cancelled'

export type ModelEscrow = {
  terms: ModelTerms
  funded: bigint
  released: bigint
  refunded: bigint
  deliveredAt: bigint | null
  dispute: {
    amount: bigint
    isWhole: boolean
    rulesUntil: bigint
    offer: { by: Party; toPayee: bigint } | null
  } | null
  /** Set when the escrow has ended, or was cancelled before it began. */
  end: ModelStatus | null
}

/** A call that the contract offers, in the words of the model. */
export type Call =
  | { name: 'fund' | 'cancelOffer' | 'markDelivered' | 'settle' | 'releaseMany'; by: Party }
  | { name: 'markDeliveredAttested'; by: Party; isGenuine: boolean }
  | { name: 'release' | 'refund' | 'dispute'; by: Party; amount: bigint }
  | { name: 'offerSettlement' | 'acceptSettlement' | 'rule'; by: Party; toPayee: bigint; toPayer: bigint }

export type Balances = Record<'payer' | 'payee' | 'agency' | 'escrow', bigint>

/** An escrow whose offer is open. */
export function offered(terms: ModelTerms): ModelEscrow {
  return { terms, funded: 0n, released: 0n, refunded: 0n, deliveredAt: null, dispute: null, end: null }
}

export function remaining(escrow: ModelEscrow): bigint {
  return escrow.funded - escrow.released - escrow.refunded
}

/** The status at a time, deemed delivery included. */
export function statusOf(escrow: ModelEscrow, now: bigint): ModelStatus {
  if (escrow.end !== null) return escrow.end
  if (escrow.funded === 0n) return 'None'
  if (escrow.dispute !== null) return 'Disputed'
  return deliveredAt(escrow, now) === null ? 'Funded' : 'Delivered'
}

/** Does a call, or answers false and changes nothing. */
export function apply(escrow: ModelEscrow, balances: Balances, call: Call, now: bigint): boolean {
  const needsMoney = call.name !== 'fund' && call.name !== 'cancelOffer' && call.name !== 'releaseMany'
  if (needsMoney && remaining(escrow) === 0n) return false
  switch (call.name) {
    case 'fund':
      return fund(escrow, balances, call.by, now)
    case 'cancelOffer':
      return cancel(escrow, call.by)
    case 'releaseMany':
      // Asking for a batch is never refused; it does what it may.
      if (mayReleaseAll(escrow, call.by, now)) release(escrow, balances, free(escrow))
      return true
    case 'markDelivered':
      return mark(escrow, now, call.by === 'payer' || (call.by === 'payee' && !escrow.terms.hasAttestor))
    case 'markDeliveredAttested':
      return mark(escrow, now, escrow.terms.hasAttestor && call.isGenuine)
    case 'release':
      if (call.by !== 'payer' || !isPart(escrow, call.amount)) return false
      return release(escrow, balances, call.amount)
    case 'refund':
      if (call.by !== 'payee' || !isPart(escrow, call.amount)) return false
      return refund(escrow, balances, call.amount)
    case 'settle':
      return settle(escrow, balances, now)
    case 'dispute':
      return raise(escrow, call.by, call.amount, now)
    default:
      return negotiate(escrow, balances, call, now)
  }
}

function fund(escrow: ModelEscrow, balances: Balances, by: Party, now: bigint): boolean {
  const { terms } = escrow
  const isOpen =
    escrow.end === null && escrow.funded === 0n && now <= terms.offerExpires && now <= terms.deliverBy
  const amount = now <= terms.discountUntil ? terms.discountedAmount : terms.amount
  if (by !== 'payer' || !isOpen || balances.payer < amount) return false
  escrow.funded = amount
  balances.payer -= amount
  balances.escrow += amount
  return true
}

function cancel(escrow: ModelEscrow, by: Party): boolean {
  if (by !== 'payee' || escrow.end !== null || escrow.funded !== 0n) return false
  escrow.end = 'Cancelled'
  return true
}

function mark(escrow: ModelEscrow, now: bigint, isAllowed: boolean): boolean {
  const isTaken = escrow.deliveredAt !== null || escrow.dispute?.isWhole === true
  if (!isAllowed || isTaken || now > escrow.terms.deliverBy) return false
  escrow.deliveredAt = now
  return true
}

function deliveredAt({ deliveredAt: marked, terms }: ModelEscrow, now: bigint): bigint | null {
  if (marked !== null) return marked
  return terms.deemedDelivered && now > terms.deliverBy ? terms.deliverBy : null
}

function windowIsOver(escrow: ModelEscrow, now: bigint): boolean {
  const delivered = deliveredAt(escrow, now)
  return delivered !== null && now >= delivered + escrow.terms.window
}

function free(escrow: ModelEscrow): bigint {
  return remaining(escrow) - (escrow.dispute?.amount ?? 0n)
}

function isPart(escrow: ModelEscrow, amount: bigint): boolean {
  return amount > 0n && amount <= free(escrow)
}

function mayReleaseAll(escrow: ModelEscrow, by: Party, now: bigint): boolean {
  return free(escrow) > 0n && (by === 'payer' || windowIsOver(escrow, now))
}

function payPayee(escrow: ModelEscrow, balances: Balances, amount: bigint): void {
  const share = (sum: bigint): bigint => (sum * escrow.terms.agencyShareBps) / 10_000n
  const toAgency = share(escrow.released + amount) - share(escrow.released)
  escrow.released += amount
  balances.agency += toAgency
  balances.payee += amount - toAgency
  balances.escrow -= amount
}

function payPayer(escrow: ModelEscrow, balances: Balances, amount: bigint): void {
  escrow.refunded += amount
  balances.payer += amount
  balances.escrow -= amount
}

function release(escrow: ModelEscrow, balances: Balances, amount: bigint): true {
  payPayee(escrow, balances, amount)
  if (remaining(escrow) === 0n) escrow.end = 'Released'
  return true
}

function refund(escrow: ModelEscrow, balances: Balances, amount: bigint): true {
  payPayer(escrow, balances, amount)
  if (remaining(escrow) === 0n) escrow.end = 'Refunded'
  return true
}

function settle(escrow: ModelEscrow, balances: Balances, now: bigint): boolean {
  let isDue = false
  if (escrow.dispute !== null && now > escrow.dispute.rulesUntil) {
    const { amount } = escrow.dispute
    endDispute(escrow, balances, (amount * escrow.terms.defaultPayeeShareBps) / 10_000n)
    isDue = true
  }
  const rest = free(escrow)
  if (rest === 0n) return isDue
  if (windowIsOver(escrow, now)) return release(escrow, balances, rest)
  if (deliveredAt(escrow, now) === null && now > escrow.terms.deliverBy) return refund(escrow, balances, rest)
  return isDue
}

function isParty(by: Party): boolean {
  return by === 'payer' || by === 'payee'
}

function raise(escrow: ModelEscrow, by: Party, wanted: bigint, now: bigint): boolean {
  const available = free(escrow)
  const amount = wanted < available ? wanted : available
  const isInTime =
    deliveredAt(escrow, now) === null ? now <= escrow.terms.deliverBy : !windowIsOver(escrow, now)
  const isOver = escrow.dispute !== null && now > escrow.dispute.rulesUntil
  if (!isParty(by) || amount === 0n || !isInTime || isOver) return false
  escrow.dispute = {
    amount: (escrow.dispute?.amount ?? 0n) + amount,
    isWhole: amount === remaining(escrow),
    rulesUntil: now + escrow.terms.arbiterTimeout,
    offer: null,
  }
  return true
}

type Shares = Extract<Call, { toPayee: bigint }>

function negotiate(escrow: ModelEscrow, balances: Balances, call: Shares, now: bigint): boolean {
  const { dispute } = escrow
  if (dispute === null || call.toPayee + call.toPayer !== dispute.amount) return false
  if (call.name === 'rule') {
    if (call.by !== 'arbiter' || now > dispute.rulesUntil) return false
    return endDispute(escrow, balances, call.toPayee)
  }
  if (!isParty(call.by)) return false
  if (call.name === 'acceptSettlement') {
    const { offer } = dispute
    if (offer === null || offer.by === call.by || offer.toPayee !== call.toPayee) return false
    return endDispute(escrow, balances, call.toPayee)
  }
  const isConcession = call.by === 'payer' ? call.toPayer === 0n : call.toPayee === 0n
  if (isConcession) return endDispute(escrow, balances, call.toPayee)
  dispute.offer = { by: call.by, toPayee: call.toPayee }
  return true
}

function endDispute(escrow: ModelEscrow, balances: Balances, toPayee: bigint): true {
  const amount = escrow.dispute?.amount ?? 0n
  escrow.dispute = null
  payPayee(escrow, balances, toPayee)
  payPayer(escrow, balances, amount - toPayee)
  if (remaining(escrow) === 0n) escrow.end = 'Ruled'
  return true
}
