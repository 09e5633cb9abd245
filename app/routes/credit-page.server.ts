/** What the credit pages of buyers and of staff have in common: the forms they show, and what they answer. */
import { data, redirect } from 'react-router'
import { type CustomerId, encodeId, newId, type PersonId } from '#app/books/ids.ts'
import { REFUSALS } from '#app/books/refusals.ts'
import type { CreditFormView } from '#app/components/credits/credit-form.tsx'
import { formatMoney } from '#app/money/format.ts'
import { isPositive, sum } from '#app/money/money.ts'
import type { PageReading } from '#app/parties/page-reading.server.ts'
import { listCustomerCurrencies, listOpenInvoices } from '#app/payments/cash/open-invoices.server.ts'
import type { CreditUser } from '#app/payments/credits/apply-credits.server.ts'
import { readCredits } from '#app/payments/credits/credits.server.ts'
import {
  CREDIT_FIELDS,
  type CreditProblem,
  creditKey,
  parseCreditForm,
} from '#app/payments/credits/parse-credit-form.ts'
import { spendCredit } from '#app/payments/credits/spend-credit.server.ts'
import { readPaymentPolicy } from '#app/payments/policy/payment-policy.server.ts'
import { formatBusinessDate } from '#app/platform/time.ts'

/** A form for each currency in which there is credit and something to use it on. */
export async function creditForms(
  customerId: CustomerId,
  kind: CreditUser['kind'],
  { locale }: Pick<PageReading, 'locale'>,
): Promise<CreditFormView[]> {
  const forms: CreditFormView[] = []
  for (const currency of await listCustomerCurrencies(customerId)) {
    const credits = await readCredits(customerId, currency)
    if (credits.length === 0) continue
    const { invoices } = await listOpenInvoices({ customerId, currency, number: '' })
    const payable = invoices.filter((invoice) => isPositive(invoice.payable))
    if (payable.length === 0) continue
    const total = sum(
      credits.map((credit) => credit.remaining),
      currency,
    )
    forms.push({
      ...{ currency, formId: encodeId('pay', newId<'pay'>()), total: formatMoney(total, locale) },
      mustAsk: kind === 'buyer' && (await readPaymentPolicy(currency)).creditsNeedApproval,
      credits: credits.map(({ source, number, remaining }) => [
        creditKey(source),
        `${'paymentId' in source ? 'Payment' : 'Credit'} ${number}, ${formatMoney(remaining, locale)} not used`,
      ]),
      invoices: payable.map((invoice) => [
        encodeId('inv', invoice.id),
        `${invoice.number}, due ${formatBusinessDate(invoice.dueOn, locale)}, ${formatMoney(invoice.payable, locale)} payable`,
      ]),
    })
  }
  return forms
}

/** Uses credit as the form says, and answers the page with what came of it. */
export async function answerCreditForm(
  form: FormData,
  page: string,
  customerId: CustomerId,
  user: { readonly kind: CreditUser['kind']; readonly personId: PersonId },
) {
  const currency = String(form.get(CREDIT_FIELDS.currency) ?? '')
  const wrong = (problems: readonly CreditProblem[], status: number) =>
    data(
      {
        problems: problems.map(({ field, sentence }) => ({
          message: sentence,
          ...(field !== null && { fieldId: `${field}-${currency}` }),
        })),
        currency,
        errors: Object.fromEntries(
          problems.flatMap(({ field, sentence }) => (field === null ? [] : [[field, sentence]])),
        ),
        typed: Object.fromEntries(
          Object.values(CREDIT_FIELDS).map((name) => [name, String(form.get(name) ?? '')]),
        ),
      },
      { status },
    )
  const parsed = parseCreditForm(form)
  if (!parsed.ok) return wrong(parsed.problems, 400)
  const { formId, use } = parsed
  const result = await spendCredit({ customerId, currency: parsed.currency, formId, use, user })
  if (result.ok) return redirect(`${page}?done=${result.done}`, 303)
  const { sentence, status } = REFUSALS[result.refusal.code]
  return wrong([{ field: null, sentence }], status)
}

/** What a credit page says after an act, by the word that its address carries. */
export function creditDone(word: string | null): string | null {
  if (word === 'used') return 'The credit is used. The invoices are lower by it.'
  if (word === 'requested') return 'Your request is with your supplier. You see here what comes of it.'
  return null
}
