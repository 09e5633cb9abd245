/**
 * A visit to the processor's page to keep a card or bank account without paying. The visit is stored, with its key and request,
 * before anything is sent; an unclear answer leaves it unknown, and the same key is sent again.
 */
import { type CustomerId, encodeId, newId, type PersonId } from '#app/books/ids.ts'
import { type Result, refuse } from '#app/books/refusals.ts'
import { GatewayFault } from '#app/gateways/gateway-fault.ts'
import type { CardProcessor, CheckoutMethod } from '#app/gateways/stripe/port.ts'
import { recordAudit } from '#app/parties/audit.server.ts'
import { keepMandate } from '#app/payments/methods/keep-mandate.server.ts'
import { syncMethods } from '#app/payments/methods/sync-methods.server.ts'
import { CHECKOUT_LIFE_MS, isKeyFresh } from '#app/payments/patience.ts'
import { ensureProcessorCustomer } from '#app/payments/processor-customer.server.ts'
import { storedRequest } from '#app/payments/writes/provider-write.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, withTransaction } from '#app/platform/db.server.ts'
import type { MethodSetup, MethodSetupState } from '#app/platform/generated/client.ts'
import { log } from '#app/platform/log.server.ts'

export type SetUpMethod = {
  readonly processor: CardProcessor
  readonly customerId: CustomerId
  readonly personId: PersonId
  readonly kind: 'card' | 'us_bank_account'
  readonly origin: string
}

/**
 * Opens the processor's page on which a method is entered. Answers its address. Refusals: PROVIDER_UNAVAILABLE, also for an
 * unclear answer: whatever was opened then is found by the sweep, and keeps nothing unless somebody uses it.
 */
export async function setUpMethod(options: SetUpMethod): Promise<Result<{ checkoutUrl: string }>> {
  const { processor, customerId, personId, kind, origin } = options
  const id = newId<'set'>()
  const page = `${origin}/c/${encodeId('cst', customerId)}/methods`
  const methods: readonly CheckoutMethod[] = kind === 'card' ? ['card', 'link'] : ['us_bank_account']
  try {
    const account = await ensureProcessorCustomer(processor, customerId)
    const request = processor.setupRequest({
      reference: encodeId('set', id),
      processorCustomerId: account.processorCustomerId,
      methods,
      expiresAt: new Date(account.processorNow.getTime() + CHECKOUT_LIFE_MS),
      successUrl: `${page}/return?session_id={CHECKOUT_SESSION_ID}`,
      cancelUrl: page,
    })
    const now = await readNow()
    await withTransaction(async (tx) => {
      await tx.methodSetup.create({
        data: {
          ...{ id, customerId, state: 'recorded', createdBy: personId, createdAt: now, updatedAt: now },
          idempotencyKey: `checkout.sessions.create:${id}:1`,
          request: storedRequest.parse(request),
        },
      })
      const entry = { actorKind: 'buyer', actorId: personId, action: 'method.setup-begun' } as const
      await recordAudit({ ...entry, customerId, subjectId: id }, tx)
    })
    const checkoutUrl = await sendSetup(processor, id)
    return checkoutUrl === null ? refuse('PROVIDER_UNAVAILABLE') : { ok: true, checkoutUrl }
  } catch (error) {
    if (!(error instanceof GatewayFault)) throw error
    log.warn({ customerId, operation: error.operation, kind: error.kind }, 'no visit could be prepared')
    return refuse('PROVIDER_UNAVAILABLE')
  }
}

/** Sends a stored visit, again when its outcome is unknown. Answers where its page is, or null when that is not known. */
export async function sendSetup(processor: CardProcessor, setupId: string): Promise<string | null> {
  const setup = await db.methodSetup.findUniqueOrThrow({ where: { id: setupId } })
  if (setup.state !== 'recorded' && setup.state !== 'unknown') return setup.checkoutUrl
  const now = await readNow()
  // An old key would make a second visit, and nobody is waiting for it any more: its page has closed.
  if (!isKeyFresh(setup.firstSentAt ?? now, now)) return end(setupId, 'expired', null, now)
  await db.methodSetup.update({
    where: { id: setupId },
    data: { state: 'unknown', firstSentAt: setup.firstSentAt ?? now, updatedAt: now },
  })
  try {
    const { value } = await processor.createSetup(storedRequest.parse(setup.request), setup.idempotencyKey)
    const found = { stripeCheckoutSessionId: value.checkoutId, checkoutUrl: value.url }
    await db.methodSetup.update({ where: { id: setupId }, data: { ...found, state: 'open', updatedAt: now } })
    return value.url
  } catch (error) {
    if (!(error instanceof GatewayFault)) throw error
    log.warn({ setupId, kind: error.kind, code: error.code }, 'a visit was not opened')
    return error.kind === 'rejected' ? end(setupId, 'failed', error.code, now) : null
  }
}

async function end(
  id: string,
  state: MethodSetupState,
  failureCode: string | null,
  now: Date,
): Promise<null> {
  await db.methodSetup.update({ where: { id }, data: { state, failureCode, updatedAt: now } })
  return null
}

/**
 * Reads a visit again and keeps what came of it: the method, and the mandate that goes with it. Answers its state, and where
 * micro-deposits are still to be confirmed. Throws a GatewayFault when the processor cannot be read.
 */
export async function syncSetup(
  processor: CardProcessor,
  setup: MethodSetup,
): Promise<{ state: MethodSetupState; verifyUrl: string | null }> {
  const { id, customerId, createdBy, stripeCheckoutSessionId: checkoutId } = setup
  if (checkoutId === null || setup.state === 'finished') return { state: setup.state, verifyUrl: null }
  const reading = await processor.readSetup(checkoutId)
  const now = await readNow()
  if (reading === null || reading.status === 'expired') {
    await end(id, 'expired', null, now)
    return { state: 'expired', verifyUrl: null }
  }
  if (reading.methodId === null) {
    const { failureCode, verifyUrl } = reading
    await db.methodSetup.update({ where: { id }, data: { failureCode, updatedAt: now } })
    return { state: setup.state, verifyUrl }
  }
  await syncMethods(processor, customerId, createdBy)
  if (reading.mandateId !== null) {
    const mandate = { customerId, mandateId: reading.mandateId, paymentId: null, acceptedBy: createdBy }
    await keepMandate({ processor, ...mandate })
  }
  const method = await db.savedMethod.findUnique({ where: { providerMethodId: reading.methodId } })
  const data = {
    state: 'finished',
    savedMethodId: method?.id ?? null,
    failureCode: null,
    updatedAt: now,
  } as const
  await db.methodSetup.update({ where: { id }, data })
  return { state: 'finished', verifyUrl: null }
}
