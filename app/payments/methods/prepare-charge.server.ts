import { type CustomerId, encodeId, type PaymentId, type SavedMethodId } from '#app/books/ids.ts'
import { type Result, refuse } from '#app/books/refusals.ts'
import { GatewayFault } from '#app/gateways/gateway-fault.ts'
import { bankLinkProvider } from '#app/gateways/plaid/bank-link.server.ts'
import type { BankLinkProvider } from '#app/gateways/plaid/port.ts'
import type { Acceptance, CardProcessor, StoredRequest } from '#app/gateways/stripe/port.ts'
import { getSupplier } from '#app/parties/supplier.server.ts'
import { checkBeforeDebit } from '#app/payments/linked-banks/check-before-debit.server.ts'
import { findSavedMethod } from '#app/payments/methods/method-queries.server.ts'
import { isChargeable, type SavedMethod } from '#app/payments/methods/saved-method.ts'
import { ensureProcessorCustomer } from '#app/payments/processor-customer.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { log } from '#app/platform/log.server.ts'
import { businessDateIn } from '#app/platform/time.ts'

export type PrepareCharge = {
  readonly processor: CardProcessor
  /** Who is asked about linked bank accounts; this deployment's provider unless another one is given. */
  readonly banks?: BankLinkProvider | null
  readonly customerId: CustomerId
  readonly paymentId: PaymentId
  readonly methodId: SavedMethodId
  readonly currency: string
  readonly amountMinor: bigint
  /** How many invoices it pays. */
  readonly invoices: number
  /** The click by which this debit was agreed to; null where a standing mandate covers it. */
  readonly acceptance: Acceptance | null
}

export type PreparedCharge = { readonly method: SavedMethod; readonly request: StoredRequest }

/**
 * The request that charges a saved method, whole: it is stored before it is sent and never made again. Refusals: METHOD_NOT_FOUND,
 * METHOD_NOT_USABLE, ACCOUNT_BALANCE_TOO_LOW, PROVIDER_UNAVAILABLE.
 */
export async function prepareCharge(options: PrepareCharge): Promise<Result<PreparedCharge>> {
  const { processor, banks = bankLinkProvider, customerId, methodId, currency, amountMinor } = options
  const method = await findSavedMethod(customerId, methodId)
  if (method === null) return refuse('METHOD_NOT_FOUND')
  const supplier = await getSupplier()
  const today = businessDateIn(supplier.timeZone, await readNow())
  if (!isChargeable(method, currency, today)) return refuse('METHOD_NOT_USABLE')
  const checked = await checkBeforeDebit(banks, methodId, amountMinor)
  if (!checked.ok) return checked
  try {
    const { processorCustomerId, processorNow } = await ensureProcessorCustomer(processor, customerId)
    const request = processor.chargeRequest({
      reference: encodeId('pay', options.paymentId),
      processorCustomerId,
      methodId: method.providerMethodId,
      method: method.kind,
      ...{ currency, amountMinor, acceptance: options.acceptance, askedAt: processorNow },
      description: `${supplier.name}: ${options.invoices === 1 ? 'one invoice' : `${options.invoices} invoices`}`,
    })
    return { ok: true, method, request }
  } catch (error) {
    if (!(error instanceof GatewayFault)) throw error
    log.warn({ customerId, operation: error.operation, kind: error.kind }, 'no charge could be prepared')
    return refuse('PROVIDER_UNAVAILABLE')
  }
}
