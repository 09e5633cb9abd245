import { type CustomerId, encodeId } from '#app/books/ids.ts'
import type { CardProcessor } from '#app/gateways/stripe/port.ts'
import { db } from '#app/platform/db.server.ts'

/** The customer's account at the processor, made once and stored; concurrent first payments agree on one. */
export async function ensureProcessorCustomer(
  processor: CardProcessor,
  customerId: CustomerId,
): Promise<{ processorCustomerId: string; processorNow: Date }> {
  const customer = await db.customer.findUniqueOrThrow({
    where: { id: customerId },
    select: { name: true, email: true, stripeCustomerId: true },
  })
  const ensured = await processor.ensureCustomer({
    knownId: customer.stripeCustomerId,
    reference: encodeId('cst', customerId),
    name: customer.name,
    email: customer.email,
  })
  if (ensured.processorCustomerId !== customer.stripeCustomerId)
    await db.customer.updateMany({
      where: { id: customerId, stripeCustomerId: customer.stripeCustomerId },
      data: { stripeCustomerId: ensured.processorCustomerId },
    })
  return ensured
}
