import { encodeId } from '#app/books/ids.ts'
import type { Letter } from '#app/notices/letter.ts'
import { type Sender, signatureOf } from '#app/notices/letters.ts'
import { getSupplier } from '#app/parties/supplier.server.ts'
import { lastDayOf, methodName } from '#app/payments/methods/saved-method.ts'
import { db } from '#app/platform/db.server.ts'
import { env } from '#app/platform/env.server.ts'
import { formatBusinessDate } from '#app/platform/time.ts'

/** "Your card expires": which one, when, and where another is added. */
export async function composeExpiry(methodId: string, sender: Sender): Promise<Letter> {
  const method = await db.savedMethod.findUniqueOrThrow({
    where: { id: methodId },
    include: { customer: { select: { id: true, name: true } } },
  })
  const { locale } = await getSupplier()
  const lastDay = lastDayOf(method)
  if (lastDay === null) throw new Error(`Method ${methodId} does not expire`)
  const day = formatBusinessDate(lastDay, locale)
  return {
    subject: `Your ${methodName(method)} expires on ${day}`,
    greeting: `Dear ${method.customer.name},`,
    lines: [
      `${methodName(method)}, which you keep with ${sender.name} to pay invoices, expires on ${day}.`,
      'Payments by it stop after that day. Add the new card before, and choose it where the old one is used.',
    ],
    table: null,
    action: {
      label: 'See your ways to pay',
      url: `${env.web.origin}/c/${encodeId('cst', method.customer.id)}/methods`,
    },
    after: [],
    signature: signatureOf(sender),
  }
}
