/**
 * The states of a payment and of one write to the provider, and which may follow which. The posting functions hold
 * the same tables; a test compares the two. Money itself moves only on the way into `settled`.
 */
export const PAYMENT_STATES = [
  'created',
  'awaiting_customer',
  'requires_action',
  'processing',
  'settled',
  'failed',
  'expired',
  'canceled',
] as const
export type PaymentState = (typeof PAYMENT_STATES)[number]

export const ATTEMPT_STATES = ['recorded', 'sent', 'answered', 'declined', 'unknown'] as const
export type AttemptState = (typeof ATTEMPT_STATES)[number]

/**
 * created → awaiting_customer ⇄ requires_action → processing → settled; ends failed, expired, canceled.
 * Money that arrives after an end is still booked: settling asks no leave of this table.
 */
export const PAYMENT_TRANSITIONS: Readonly<Record<PaymentState, readonly PaymentState[]>> = {
  created: ['awaiting_customer', 'requires_action', 'processing', 'settled', 'failed', 'expired', 'canceled'],
  awaiting_customer: ['requires_action', 'processing', 'settled', 'failed', 'expired', 'canceled'],
  requires_action: ['awaiting_customer', 'processing', 'settled', 'failed', 'expired', 'canceled'],
  processing: ['settled', 'failed', 'expired', 'canceled'],
  settled: [],
  failed: [],
  expired: [],
  canceled: [],
}

/**
 * recorded → sent → answered | declined | unknown. What was sent may be sent again unchanged, what is unknown may become
 * known, and hearing an answer again changes nothing.
 */
export const ATTEMPT_TRANSITIONS: Readonly<Record<AttemptState, readonly AttemptState[]>> = {
  recorded: ['sent'],
  sent: ['sent', 'answered', 'declined', 'unknown'],
  unknown: ['sent', 'answered', 'declined', 'unknown'],
  answered: ['answered'],
  declined: ['declined'],
}

/** Whether a payment in state `from` may be moved to `to`. */
export function canMove(from: PaymentState, to: PaymentState): boolean {
  return PAYMENT_TRANSITIONS[from].includes(to)
}

/** Whether the payment has ended, well or not: it holds no money of an invoice any more. */
export function hasEnded(state: PaymentState): boolean {
  switch (state) {
    case 'settled':
    case 'failed':
    case 'expired':
    case 'canceled':
      return true
    case 'created':
    case 'awaiting_customer':
    case 'requires_action':
    case 'processing':
      return false
  }
}

/** Whether a payer may still cancel: the money is not on its way yet. */
export function isCancelable(state: PaymentState): boolean {
  return state === 'created' || state === 'awaiting_customer' || state === 'requires_action'
}

/** What the buyer is told: the stored state, with an unanswered write and the sums taken back worked in. */
export type PaymentStanding =
  | 'preparing'
  | 'checking'
  | 'awaiting'
  | 'confirming'
  | 'on_its_way'
  | 'settled'
  | 'part_refunded'
  | 'refunded'
  | 'charged_back'
  | 'returned'
  | 'failed'
  | 'expired'
  | 'canceled'

/** How money was taken back; a correction undoes a payment that staff had recorded by hand. */
export type ReversalKind = 'refund' | 'bank_return' | 'chargeback' | 'correction'

export type StandingFacts = {
  state: PaymentState
  /** State of the newest write that creates the checkout; null when there is none (imported history). */
  attempt: AttemptState | null
  receivedMinor: bigint
  /** Those that stand: what was brought back again is left out. */
  reversals: readonly { kind: ReversalKind; amountMinor: bigint }[]
}

/** How a payment stands, in the words of the screens. An unknown answer is never shown as a failure. */
export function standingOf(facts: StandingFacts): PaymentStanding {
  switch (facts.state) {
    case 'created':
      return facts.attempt === 'unknown' ? 'checking' : 'preparing'
    case 'awaiting_customer':
      return 'awaiting'
    case 'requires_action':
      return 'confirming'
    case 'processing':
      return 'on_its_way'
    case 'settled':
      return settledStanding(facts)
    case 'failed':
    case 'expired':
    case 'canceled':
      return facts.state
  }
}

function settledStanding(facts: StandingFacts): PaymentStanding {
  const takenBack = facts.reversals.reduce((total, each) => total + each.amountMinor, 0n)
  if (takenBack === 0n) return 'settled'
  if (facts.reversals.some((each) => each.kind === 'chargeback')) return 'charged_back'
  if (facts.reversals.some((each) => each.kind !== 'refund')) return 'returned'
  return takenBack < facts.receivedMinor ? 'part_refunded' : 'refunded'
}
