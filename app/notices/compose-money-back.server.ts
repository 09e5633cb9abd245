import { z } from 'zod'
import { encodeId } from '#app/books/ids.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { money } from '#app/money/money.ts'
import type { Letter } from '#app/notices/letter.ts'
import type { Sender } from '#app/notices/letters.ts'
import {
  type Audience,
  bankReturnLetter,
  chargebackLetter,
  refundLetter,
  type Scene,
} from '#app/notices/money-back-letters.ts'
import { getSupplier } from '#app/parties/supplier.server.ts'
import { db } from '#app/platform/db.server.ts'
import { env } from '#app/platform/env.server.ts'
import { formatInstant } from '#app/platform/time.ts'

const audience = z.enum(['payer', 'staff'])
const ofRefund = z.object({ refundId: z.uuid(), audience })
const ofChargeback = z.object({ chargebackId: z.uuid(), audience })
const ofReturn = z.object({
  paymentId: z.uuid(),
  kind: z.enum(['failed', 'returned']),
  code: z.string().nullable(),
  audience,
})

/** The letter about money that goes back which a template asks for; null for a template that is none of these. */
export async function composeMoneyBack(
  template: string,
  parameters: unknown,
  sender: Sender,
): Promise<Letter | null> {
  switch (template) {
    case 'refund-made':
      return composeRefund('made', ofRefund.parse(parameters), sender)
    case 'refund-failed':
      return composeRefund('failed', ofRefund.parse(parameters), sender)
    case 'refund-declined':
      return composeRefund('declined', ofRefund.parse(parameters), sender)
    case 'chargeback-opened':
      return composeChargeback('opened', ofChargeback.parse(parameters), sender)
    case 'chargeback-lost':
      return composeChargeback('lost', ofChargeback.parse(parameters), sender)
    case 'chargeback-won':
      return composeChargeback('won', ofChargeback.parse(parameters), sender)
    case 'bank-return': {
      const { paymentId, kind, code, audience } = ofReturn.parse(parameters)
      return bankReturnLetter(await sceneOf(paymentId, null, audience, sender), kind, code)
    }
    default:
      return null
  }
}

async function composeRefund(
  what: 'made' | 'failed' | 'declined',
  { refundId, audience }: z.infer<typeof ofRefund>,
  sender: Sender,
): Promise<Letter> {
  const refund = await db.refund.findUniqueOrThrow({ where: { id: refundId } })
  const scene = await sceneOf(refund.paymentId, refund.amountMinor, audience, sender)
  return refundLetter(scene, what, refund.decisionNote)
}

async function composeChargeback(
  what: 'opened' | 'lost' | 'won',
  { chargebackId, audience }: z.infer<typeof ofChargeback>,
  sender: Sender,
): Promise<Letter> {
  const chargeback = await db.chargeback.findUniqueOrThrow({ where: { id: chargebackId } })
  const scene = await sceneOf(chargeback.paymentId, chargeback.amountMinor, audience, sender)
  const { timeZone } = await getSupplier()
  const dueAt = chargeback.evidenceDueAt
  const by = dueAt === null ? null : formatInstant(dueAt, timeZone, scene.locale)
  const url = `${env.web.origin}/staff/chargebacks/${encodeId('cbk', chargeback.id)}`
  return chargebackLetter(audience === 'staff' ? { ...scene, url } : scene, what, by)
}

/** The payment that a letter is about; the amount is all of it unless a part is given. */
async function sceneOf(
  paymentId: string,
  minor: bigint | null,
  audience: Audience,
  sender: Sender,
): Promise<Scene> {
  const payment = await db.payment.findUniqueOrThrow({
    where: { id: paymentId },
    include: { customer: { select: { id: true, name: true } } },
  })
  const { locale } = await getSupplier()
  const page = `payments/${encodeId('pay', paymentId)}`
  const home = audience === 'staff' ? 'staff' : `c/${encodeId('cst', payment.customer.id)}`
  return {
    sender,
    audience,
    customerName: payment.customer.name,
    paymentNumber: payment.number,
    amount: money(minor ?? payment.amountMinor, parseCurrency(payment.currency)),
    locale,
    url: `${env.web.origin}/${home}/${page}`,
  }
}
