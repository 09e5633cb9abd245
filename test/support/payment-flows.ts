import type { PaymentId } from '#app/books/ids.ts'
import type { PaymentState } from '#app/payments/payment.ts'
import { type CardWorld, chargesOf, enterCard } from '#test/support/card-world.ts'

export const FLOW_AMOUNT = 10_000n

/** One payment of FLOW_AMOUNT at the processor, whose checkout is open. */
export type FlowScene = { readonly paymentId: PaymentId; readonly checkoutId: string }

type Step = (world: CardWorld, scene: FlowScene) => Promise<unknown>

/** What happens at the processor step by step, and how it must end however the news of it comes. */
export type PaymentFlow = {
  readonly name: string
  readonly steps: readonly Step[]
  readonly state: PaymentState
  /** Minor units taken back in the end. */
  readonly reversedMinor: bigint
  /** Minor units of the invoice that are open in the end. */
  readonly openMinor: bigint
}

const enter =
  (input: object): Step =>
  (world, { checkoutId }) =>
    enterCard(world, checkoutId, input)
const wait =
  (by: { seconds: number } | { businessDays: number }): Step =>
  (world) =>
    world.sandbox.control('POST', 'clock/advance', by)
const refund =
  (amount: bigint): Step =>
  async (world, { paymentId }) => {
    const [charge] = await chargesOf(world, paymentId)
    if (charge === undefined) throw new Error('there is nothing to refund')
    await world.sandbox.stripe.refunds.create({ charge: charge.id, amount: Number(amount) })
  }
const dispute =
  (verb: string): Step =>
  async (world, { paymentId }) => {
    const [charge] = await chargesOf(world, paymentId)
    const intent = await world.sandbox.stripe.charges.retrieve(charge?.id ?? '')
    await world.sandbox.control('POST', `payments/${intent.payment_intent}/${verb}`)
  }

const DAY = 86_400
const paid = { state: 'settled', reversedMinor: 0n, openMinor: 0n } as const
const unpaid = { reversedMinor: 0n, openMinor: FLOW_AMOUNT } as const
const undone = { state: 'settled', reversedMinor: FLOW_AMOUNT, openMinor: FLOW_AMOUNT } as const

export const PAYMENT_FLOWS: readonly PaymentFlow[] = [
  { name: 'card', steps: [enter({}), wait({ seconds: 5 })], ...paid },
  {
    name: 'decline, then another card',
    steps: [enter({ card: '4000000000000002' }), enter({}), wait({ seconds: 5 })],
    ...paid,
  },
  {
    name: 'the bank’s check',
    steps: [enter({ card: '4000000000003220', challenge: 'pass' }), wait({ seconds: 5 })],
    ...paid,
  },
  { name: 'left to expire', steps: [wait({ seconds: 40 * 60 })], state: 'expired', ...unpaid },
  {
    name: 'bank debit',
    steps: [enter({ bank_account: '000123456789' }), wait({ businessDays: 5 })],
    ...paid,
  },
  {
    name: 'bank debit returned before it arrived',
    steps: [enter({ bank_account: '000222222227' }), wait({ businessDays: 5 })],
    state: 'failed',
    ...unpaid,
  },
  {
    name: 'bank debit called unauthorized a month later',
    steps: [enter({ bank_account: '000999999992' }), wait({ businessDays: 5 }), wait({ seconds: 31 * DAY })],
    ...undone,
  },
  {
    name: 'part refunded',
    steps: [enter({}), wait({ seconds: 5 }), refund(2_500n), refund(1_500n)],
    state: 'settled',
    reversedMinor: 4_000n,
    openMinor: 4_000n,
  },
  {
    name: 'refund that fails later',
    steps: [
      enter({ card: '4000000000005126' }),
      wait({ seconds: 5 }),
      refund(FLOW_AMOUNT),
      wait({ seconds: 60 }),
    ],
    ...paid,
  },
  {
    name: 'dispute lost',
    steps: [enter({ card: '4000000000000259' }), wait({ seconds: 10 }), dispute('dispute_lose')],
    ...undone,
  },
  {
    name: 'dispute won',
    steps: [enter({ card: '4000000000000259' }), wait({ seconds: 10 }), dispute('dispute_win')],
    ...paid,
  },
  {
    name: 'inquiry',
    steps: [enter({ card: '4000000000001976' }), wait({ seconds: 10 })],
    ...paid,
  },
]
