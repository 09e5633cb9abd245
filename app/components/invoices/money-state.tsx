import type { ReactNode } from 'react'
import type { PaymentStanding } from '#app/payments/payment.ts'
import { type Shape, StatusTag, type Tone } from '#app/ui/status-tag.tsx'

type Look = { word: string; tone: Tone; shape: Shape }

/** Every state that an amount of money can be in, with its one word, colour and shape. Used by all screens. */
const STATES = {
  open: { word: 'Open', tone: 'neutral', shape: 'ring' },
  'past-due': { word: 'Past due', tone: 'brick', shape: 'square' },
  'being-paid': { word: 'Being paid', tone: 'amber', shape: 'half' },
  'on-its-way': { word: 'On its way', tone: 'amber', shape: 'arrow' },
  settled: { word: 'Settled', tone: 'accent', shape: 'disc' },
  'part-settled': { word: 'Part-settled', tone: 'accent', shape: 'half' },
  disputed: { word: 'Disputed', tone: 'slate', shape: 'diamond' },
  'on-plan': { word: 'On plan', tone: 'slate', shape: 'bars' },
  'in-escrow': { word: 'In escrow', tone: 'slate', shape: 'frame' },
  preparing: { word: 'Being prepared', tone: 'amber', shape: 'ring' },
  awaiting: { word: 'Waiting for you', tone: 'amber', shape: 'ring' },
  confirming: { word: 'Waiting for your bank’s check', tone: 'amber', shape: 'half' },
  checking: { word: 'We are checking', tone: 'amber', shape: 'diamond' },
  returned: { word: 'Returned', tone: 'brick', shape: 'back' },
  'charged-back': { word: 'Charged back', tone: 'brick', shape: 'back' },
  refunded: { word: 'Refunded', tone: 'neutral', shape: 'back' },
  'part-refunded': { word: 'Part-refunded', tone: 'neutral', shape: 'back' },
  failed: { word: 'Failed', tone: 'brick', shape: 'square' },
  expired: { word: 'Expired', tone: 'neutral', shape: 'frame' },
  canceled: { word: 'Cancelled', tone: 'neutral', shape: 'frame' },
} as const satisfies Record<string, Look>

export type MoneyState = keyof typeof STATES

/** The state as a tag; `detail` follows it ("expected 8 Dec 2026"). */
export function MoneyStateTag({ state, detail }: { state: MoneyState; detail?: string | null }): ReactNode {
  const { word, tone, shape } = STATES[state]
  return (
    <StatusTag tone={tone} shape={shape} detail={detail}>
      {word}
    </StatusTag>
  )
}

/** The same without a detail, as a plain element for long tables. */
export function moneyStateTag(state: MoneyState): ReactNode {
  const { word, tone, shape } = STATES[state]
  return (
    <span className="tag" data-tone={tone} data-shape={shape}>
      {word}
    </span>
  )
}

/** The word of a state, for sentences and files. */
export function moneyStateWord(state: MoneyState): string {
  return STATES[state].word
}

/** The colour of a state, for the stacked bar and the timeline. */
export function moneyStateTone(state: MoneyState): Tone {
  return STATES[state].tone
}

const STANDINGS: Record<PaymentStanding, MoneyState> = {
  preparing: 'preparing',
  checking: 'checking',
  awaiting: 'awaiting',
  confirming: 'confirming',
  on_its_way: 'on-its-way',
  settled: 'settled',
  part_refunded: 'part-refunded',
  refunded: 'refunded',
  charged_back: 'charged-back',
  returned: 'returned',
  failed: 'failed',
  expired: 'expired',
  canceled: 'canceled',
}

/** The state to show for how a payment stands. */
export function stateOfPayment(standing: PaymentStanding): MoneyState {
  return STANDINGS[standing]
}
