import { z } from 'zod'
import { asId, type CustomerId, encodeId } from '#app/books/ids.ts'
import {
  type AutopayReader,
  autopayEnrolledLetter,
  autopayFailedLetter,
  autopayNoticeLetter,
  autopayPausedLetter,
  autopaySkippedLetter,
} from '#app/notices/autopay-letters.ts'
import type { Letter } from '#app/notices/letter.ts'
import type { Sender } from '#app/notices/letters.ts'
import { getSupplier } from '#app/parties/supplier.server.ts'
import { getOrder, getRun } from '#app/payments/autopay/autopay-queries.server.ts'
import { db } from '#app/platform/db.server.ts'
import { env } from '#app/platform/env.server.ts'
import { parseBusinessDate } from '#app/platform/time.ts'

const ofOrder = z.object({ enrollmentId: z.uuid(), reason: z.string().nullish() })
const ofRun = z.object({
  runId: z.uuid(),
  isChange: z.boolean().default(false),
  retryOn: z.string().nullish(),
  pausedReason: z.string().nullish(),
})

/** The letter about autopay that an outbox row asks for; null when the template is not one of autopay's. */
export async function composeAutopay(
  template: string,
  parameters: unknown,
  sender: Sender,
): Promise<Letter | null> {
  switch (template) {
    case 'autopay-enrolled':
    case 'autopay-paused':
      return orderLetter(template, ofOrder.parse(parameters), sender)
    case 'autopay-notice':
    case 'autopay-skipped':
    case 'autopay-failed':
      return runLetter(template, ofRun.parse(parameters), sender)
    default:
      return null
  }
}

async function orderLetter(
  template: 'autopay-enrolled' | 'autopay-paused',
  { enrollmentId, reason }: z.infer<typeof ofOrder>,
  sender: Sender,
): Promise<Letter> {
  const order = await getOrder(asId<'aut'>(enrollmentId))
  const reader = await readerOf(order.customerId)
  return template === 'autopay-enrolled'
    ? autopayEnrolledLetter(order, reader, sender)
    : autopayPausedLetter(order, reason ?? null, reader, sender)
}

async function runLetter(
  template: 'autopay-notice' | 'autopay-skipped' | 'autopay-failed',
  { runId, isChange, retryOn, pausedReason }: z.infer<typeof ofRun>,
  sender: Sender,
): Promise<Letter> {
  const run = await getRun(asId<'run'>(runId))
  const reader = await readerOf(run.customerId)
  switch (template) {
    case 'autopay-notice':
      return autopayNoticeLetter(run, isChange, reader, sender)
    case 'autopay-skipped':
      return autopaySkippedLetter(run, reader, sender)
    case 'autopay-failed': {
      const picks = run.items.map(({ invoiceId }) => `pick=${encodeId('inv', invoiceId)}`)
      const next = {
        retryOn: retryOn ? parseBusinessDate(retryOn) : null,
        pausedReason: pausedReason ?? null,
        payPage: `${customerPage(run.customerId)}/pay?${picks.join('&')}`,
      }
      return autopayFailedLetter(run, next, reader, sender)
    }
  }
}

async function readerOf(customerId: CustomerId): Promise<AutopayReader> {
  const customer = await db.customer.findUniqueOrThrow({ where: { id: customerId }, select: { name: true } })
  const { locale, timeZone } = await getSupplier()
  return { customerName: customer.name, locale, timeZone, page: `${customerPage(customerId)}/autopay` }
}

function customerPage(customerId: CustomerId): string {
  return `${env.web.origin}/c/${encodeId('cst', customerId)}`
}
