/** The saved ways to pay as the cart offers them, and which one a sent form chose. */
import { asId, type CustomerId, decodeId, encodeId } from '#app/books/ids.ts'
import type { Refusal } from '#app/books/refusals.ts'
import { SHOWN_TOTAL_FIELD } from '#app/components/cart/cart-form.tsx'
import type { CartAnswer } from '#app/components/cart/cart-view.ts'
import { METHOD_FIELDS, type MethodOption, type ShownFee } from '#app/components/cart/method-choice.tsx'
import { findCurrency } from '#app/money/currencies.ts'
import { formatMoney } from '#app/money/format.ts'
import { money } from '#app/money/money.ts'
import type { ChosenMethod } from '#app/payments/cart/open-by-method.server.ts'
import { readSurchargeRule } from '#app/payments/fees/read-surcharge-rule.server.ts'
import { surchargeOn } from '#app/payments/fees/surcharge.ts'
import { listSavedMethods } from '#app/payments/methods/method-queries.server.ts'
import { isChargeable, methodName } from '#app/payments/methods/saved-method.ts'
import type { BusinessDate } from '#app/platform/time.ts'

/** An amount large enough for any rate to show. */
const SAMPLE_MINOR = 1_000_000n

/** The methods that may be charged now for every one of these currencies. */
export async function methodOptions(
  customerId: CustomerId,
  currencies: readonly string[],
  today: BusinessDate,
): Promise<MethodOption[]> {
  const [methods, rule] = [await listSavedMethods(customerId), await readSurchargeRule(today)]
  return methods
    .filter((method) => currencies.every((currency) => isChargeable(method, currency, today)))
    .map((method) => {
      const fee = surchargeOn(rule, method, SAMPLE_MINOR, today)
      const note = fee.taken ? `with a fee of ${fee.rateBps / 100}\u00a0%` : null
      return { id: encodeId('met', method.id), name: methodName(method), note }
    })
}

/** The method that a form chose; undefined for the processor's page. An id that cannot be read names a method that is not there. */
export function readChosen(form: FormData): ChosenMethod | undefined {
  const text = form.get(METHOD_FIELDS.method)
  if (typeof text !== 'string' || text === '') return undefined
  const seen = form.get(METHOD_FIELDS.feeSeen)
  const feeSeenMinor = typeof seen === 'string' && /^\d{1,18}$/.test(seen) ? BigInt(seen) : 0n
  // A method is saved together with the leave to debit it, so nothing more is agreed to here.
  return { methodId: decodeId('met', text) ?? asId<'met'>(NOBODYS), feeSeenMinor, acceptance: null }
}

const NOBODYS = '00000000-0000-0000-0000-000000000000'

/**
 * The answer to a form whose card costs a fee that its payer had not seen, or one that is not due any more: nothing is wrong,
 * they see it first. Any other answer stays as it is.
 */
export function withFee(
  answer: CartAnswer,
  refusal: Refusal | null,
  form: FormData,
  locale: string,
): CartAnswer & { readonly fee: ShownFee | null } {
  const currency = findCurrency(answer.currency)
  const total = String(form.get(SHOWN_TOTAL_FIELD))
  if (refusal?.code !== 'FEE_NOT_SEEN' || typeof refusal.feeMinor !== 'string' || currency === null)
    return { ...answer, fee: null }
  const inWords = (minor: bigint): string => formatMoney(money(minor, currency), locale)
  if (refusal.feeMinor === '0')
    return {
      ...{ ...answer, problems: [], fee: null },
      notice: 'There is no fee any more. Nothing was charged. Check the total, then pay.',
    }
  const feeMinor = BigInt(refusal.feeMinor)
  return {
    ...{ ...answer, problems: [] },
    notice: `This card costs a fee: ${inWords(BigInt(total) + feeMinor)} is charged in all. Nothing was charged yet. Check it, then pay.`,
    fee: {
      ...{ minor: refusal.feeMinor, onTotalMinor: total, methodId: String(form.get(METHOD_FIELDS.method)) },
      text: `This card costs a fee of ${inWords(feeMinor)}, on top of the total.`,
      alternative: 'There is no fee by bank account or debit card.',
    },
  }
}
