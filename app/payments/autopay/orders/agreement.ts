/**
 * What a customer agrees to when it sets up autopay. The text is a function of the order alone, so that its hash says what was
 * shown; every change of its words is a new version. For bank accounts it is also the mandate, under the rules of Nacha.
 */
import { MAX_ATTEMPTS } from '#app/payments/autopay/after-failure.ts'
import type { AutopayScope } from '#app/payments/autopay/orders/order.ts'
import { CHANGED_NOTICE_DAYS, NOTICE_DAYS } from '#app/payments/autopay/plan-debits.ts'

export const AGREEMENT_VERSION = 'autopay-2'

export type AgreementFacts = {
  readonly supplierName: string
  readonly supplierEmail: string
  readonly customerName: string
  readonly personName: string
  /** What a person calls the method, such as "Visa ending 4242". */
  readonly methodName: string
  readonly isBankAccount: boolean
  readonly holderName: string | null
  readonly currency: string
  /** With its currency, as written for the reader. */
  readonly limit: string
  readonly scope: AutopayScope
  /** The highest total of an invoice that is covered, as written for the reader. */
  readonly upTo: string | null
  readonly daysBefore: number
}

/** The text, one string a paragraph. */
export function agreementText(facts: AgreementFacts): readonly string[] {
  return [
    whoMayDebit(facts),
    whatAndWhen(facts),
    howMuch(facts),
    noticeAndSkip(),
    failures(facts),
    ending(facts),
  ]
}

/** The text in one piece, as it is hashed and kept. */
export function joinedText(paragraphs: readonly string[]): string {
  return paragraphs.join('\n\n')
}

function whoMayDebit(facts: AgreementFacts): string {
  const { supplierName, customerName, personName, methodName, holderName } = facts
  const holder = holderName === null ? '' : `, held by ${holderName}`
  const authority = `${personName} agrees to this for ${customerName} and confirms to be authorised to.`
  return facts.isBankAccount
    ? `You authorise ${supplierName} to debit ${methodName}${holder}, by ACH and under the rules of Nacha, each time this order says so. ${authority}`
    : `You authorise ${supplierName} to charge ${methodName}${holder} without you being present, each time this order says so. ${authority}`
}

function whatAndWhen(facts: AgreementFacts): string {
  const day = facts.daysBefore === 0 ? 'on its due date' : `${dayCount(facts.daysBefore)} before its due date`
  return `It pays ${scopeWords(facts)}, each ${day}, or as soon after that as the notice allows. Invoices that are past due when you agree are left to you, unless a debit of them was announced before. Days are those of ${facts.supplierName}.`
}

function howMuch({ limit, supplierName }: AgreementFacts): string {
  return `Each debit is what can be paid on these invoices that day, never more than was announced, and never more than ${limit}. Invoices go in oldest due first and whole; what does not fit is left to you, and the notice says so. Money in dispute, in escrow or in another payment is not debited. Where ${supplierName} uses credit first, yours pays before the debit does; a discount for paying early is taken when the day of the debit earns it. Both make the debit smaller; the discount falls when the money is taken back.`
}

function noticeAndSkip(): string {
  return `You get a letter at least ${NOTICE_DAYS} days before each debit, with its day, amount and invoices, and at least ${CHANGED_NOTICE_DAYS} days before one whose day changes or whose amount grows. You can skip a debit until it begins.`
}

function failures({ isBankAccount, supplierName }: AgreementFacts): string {
  const again = `A debit that fails is tried again ${MAX_ATTEMPTS - 1} times at most; after that autopay pauses.`
  return isBankAccount ? `${again} ${supplierName} charges no fee for a debit that is returned.` : again
}

function ending({ supplierEmail }: AgreementFacts): string {
  return `You can pause or end autopay at any time, with effect at once, on its page, or by writing to ${supplierEmail}, which takes up to 3 business days. A debit that has begun goes on. Another method, limit, choice of invoices or day needs your agreement again.`
}

/** The invoices that an order covers, in words. */
export function scopeWords({
  currency,
  scope,
  upTo,
}: Pick<AgreementFacts, 'currency' | 'scope' | 'upTo'>): string {
  if (scope.kind === 'all') return `all invoices in ${currency}`
  const parts = [
    scope.siteId === null ? null : `of the branch ${scope.siteId}`,
    scope.poPrefix === null ? null : `whose order number begins with ${scope.poPrefix}`,
    upTo === null ? null : `of at most ${upTo}`,
  ].filter((each) => each !== null)
  return `invoices in ${currency} ${parts.join(' and ')}`
}

function dayCount(days: number): string {
  return days === 1 ? 'one day' : `${days} days`
}
