/** What pages show of chargebacks, as the books have them. */
import type { ChargebackId, CustomerId, PaymentId } from '#app/books/ids.ts'
import type { Money } from '#app/money/money.ts'
import type { ChargebackMoney, ChargebackState } from '#app/payments/chargebacks/chargeback.ts'
import type { AttemptState } from '#app/payments/payment.ts'

export type ChargebackView = {
  readonly id: ChargebackId
  readonly payment: { readonly id: PaymentId; readonly number: string; readonly isBankDebit: boolean }
  readonly customer: { readonly id: CustomerId; readonly name: string }
  readonly disputeId: string
  readonly amount: Money
  readonly reason: string
  readonly networkCode: string | null
  readonly state: ChargebackState
  readonly money: ChargebackMoney
  readonly evidenceDueAt: Date | null
  readonly evidenceText: string | null
  readonly evidenceSentAt: Date | null
  readonly acceptedAt: Date | null
  readonly openedAt: Date
  readonly updatedAt: Date
  /** State of the answer that was sent last; null while none was. */
  readonly answer: AttemptState | null
}
