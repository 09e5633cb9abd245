import type { CustomerId } from '#app/books/ids.ts'
import { type Result, refuse } from '#app/books/refusals.ts'
import { formatMoney } from '#app/money/format.ts'
import { money } from '#app/money/money.ts'
import { getSupplier } from '#app/parties/supplier.server.ts'
import { AGREEMENT_VERSION, agreementText, joinedText } from '#app/payments/autopay/orders/agreement.ts'
import type { AutopayTerms } from '#app/payments/autopay/orders/order.ts'
import { findSavedMethod } from '#app/payments/methods/method-queries.server.ts'
import { isChargeable, methodName, type SavedMethod } from '#app/payments/methods/saved-method.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, type Tx } from '#app/platform/db.server.ts'
import { sha256 } from '#app/platform/sha256.server.ts'
import { businessDateIn } from '#app/platform/time.ts'

export type Agreement = {
  readonly paragraphs: readonly string[]
  readonly text: string
  readonly version: string
  /** SHA-256 of version and text: what the tick below the text stands for. */
  readonly hash: string
  readonly method: SavedMethod
}

/**
 * The text that these terms mean, to be shown and agreed to. Refusals: METHOD_NOT_FOUND, METHOD_NOT_USABLE,
 * AUTOPAY_LIMIT_ABOVE_CAP.
 */
export async function drawUpAgreement(
  customerId: CustomerId,
  personName: string,
  terms: AutopayTerms,
  client: Tx = db,
): Promise<Result<Agreement>> {
  const { methodId, currency, scope, daysBefore, limitMinor } = terms
  const method = await findSavedMethod(customerId, methodId, client)
  if (method === null) return refuse('METHOD_NOT_FOUND')
  const supplier = await getSupplier(client)
  const today = businessDateIn(supplier.timeZone, await readNow(client))
  if (!isChargeable(method, currency, today)) return refuse('METHOD_NOT_USABLE')
  const policy = await client.paymentPolicy.findUnique({ where: { currency } })
  const capMinor = policy?.autopayCapMinor ?? null
  if (capMinor !== null && limitMinor > capMinor)
    return refuse('AUTOPAY_LIMIT_ABOVE_CAP', { capMinor: capMinor.toString() })
  const customer = await client.customer.findUniqueOrThrow({ where: { id: customerId } })
  const { holderName } = await client.savedMethod.findUniqueOrThrow({ where: { id: methodId } })
  const words = (minor: bigint): string => formatMoney(money(minor, currency), supplier.locale)
  const paragraphs = agreementText({
    ...{
      supplierName: supplier.name,
      supplierEmail: supplier.email,
      customerName: customer.name,
      personName,
    },
    ...{ methodName: methodName(method), isBankAccount: method.kind === 'us_bank_account', holderName },
    ...{ currency, limit: words(limitMinor), scope, daysBefore },
    upTo: scope.kind === 'filter' && scope.upToMinor !== null ? words(scope.upToMinor) : null,
  })
  const text = joinedText(paragraphs)
  const hash = sha256(`${AGREEMENT_VERSION}\n\n${text}`)
  return { ok: true, paragraphs, text, version: AGREEMENT_VERSION, hash, method }
}
