/**
 * The words by which a company lets us debit its bank account: who debits which account, for what, how it is withdrawn, and that
 * the network's rules hold. A version is never changed once somebody agreed to it: another wording is another version.
 */
export const MANDATE_VERSION = 'bank-debit/1'

/** Debits that were started before a withdrawal arrives go on; a withdrawal counts after so many business days. */
const NOTICE_BUSINESS_DAYS = 3
const CHANGE_NOTICE_DAYS = 7

export type MandateTerms = {
  readonly supplierName: string
  readonly supplierLegalName: string
  readonly customerName: string
  readonly bankName: string
  readonly accountName: string
  /** The last digits of the account's number. */
  readonly accountMask: string
  /** Where the mandate can be withdrawn: address and telephone of the supplier. */
  readonly contact: string
  /** The day of the agreement, in words. */
  readonly day: string
}

/** The paragraphs of the mandate, first to last. */
export function mandateParagraphs(terms: MandateTerms): readonly string[] {
  const { supplierName, supplierLegalName, customerName, bankName, accountName, accountMask } = terms
  return [
    `${customerName} lets ${supplierLegalName} (“${supplierName}”) debit its account at ${bankName}, ${accountName} ending ${accountMask}, by ACH, and credit it to put right a debit that was wrong.`,
    `Whoever agrees is allowed to act for ${customerName}, and the account is held by ${customerName}.`,
    `A debit that somebody of ${customerName} starts in the portal is for the amount shown there when it is confirmed, once, on the next day on which the bank takes debits. Autopay and payment plans are set up apart: they name the invoices, the days and the largest amount of a debit, and ${supplierName} writes at least ${CHANGE_NOTICE_DAYS} days before any of that changes.`,
    `${customerName} can withdraw this at any time, by removing the account under “Ways to pay” or by writing to ${terms.contact}. It counts after ${NOTICE_BUSINESS_DAYS} business days at the latest; debits that were started before go on.`,
    `${supplierName} takes no fee for a debit that the bank returns.`,
    `These debits are made under the Nacha operating rules, as debits between companies (CCD).`,
    `Agreed on ${terms.day}.`,
  ]
}

/** The mandate as one text, which is what is stored, hashed and mailed. */
export function mandateText(terms: MandateTerms): string {
  return mandateParagraphs(terms).join('\n\n')
}
