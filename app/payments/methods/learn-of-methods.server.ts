import { decodeId } from '#app/books/ids.ts'
import type { CardProcessor, ProcessorEvent } from '#app/gateways/stripe/port.ts'
import { findMandateOwner, keepMandate } from '#app/payments/methods/keep-mandate.server.ts'
import { syncSetup } from '#app/payments/methods/set-up-method.server.ts'
import { syncMethods } from '#app/payments/methods/sync-methods.server.ts'
import { db } from '#app/platform/db.server.ts'

/**
 * Looks again at the saved methods that an event may be about: a visit to keep one, a method, a mandate. Answers false when it is
 * about none of ours. Throws a GatewayFault when the processor cannot be read.
 */
export async function learnOfMethods(processor: CardProcessor, event: ProcessorEvent): Promise<boolean> {
  switch (event.objectKind) {
    case 'checkout.session':
    case 'setup_intent':
      return learnOfSetup(processor, event)
    case 'payment_method': {
      const customerId = await ownerOfMethod(event)
      if (customerId === null) return false
      await syncMethods(processor, customerId)
      return true
    }
    case 'mandate': {
      const mandateId = event.objectId
      const customerId = await findMandateOwner(processor, mandateId)
      if (customerId === null) return false
      await keepMandate({ processor, customerId, mandateId, paymentId: null, acceptedBy: null })
      return true
    }
    default:
      return false
  }
}

async function learnOfSetup(processor: CardProcessor, event: ProcessorEvent): Promise<boolean> {
  const id = event.reference === null ? null : decodeId('set', event.reference)
  const setup = await db.methodSetup.findFirst({
    where: {
      OR: [
        ...(id === null ? [] : [{ id }]),
        ...(event.checkoutId === null ? [] : [{ stripeCheckoutSessionId: event.checkoutId }]),
      ],
    },
  })
  if (setup === null) return false
  await syncSetup(processor, setup)
  return true
}

/** A method that was let go of names no customer any more: ours still does. */
async function ownerOfMethod(event: ProcessorEvent): Promise<string | null> {
  const known = await db.savedMethod.findUnique({ where: { providerMethodId: event.objectId } })
  if (known !== null) return known.customerId
  if (event.processorCustomerId === null) return null
  const customer = await db.customer.findUnique({ where: { stripeCustomerId: event.processorCustomerId } })
  return customer?.id ?? null
}
