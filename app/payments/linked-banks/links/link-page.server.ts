import type { BankLinkId, CustomerId, PersonId } from '#app/books/ids.ts'
import { type Result, refuse } from '#app/books/refusals.ts'
import { GatewayFault } from '#app/gateways/gateway-fault.ts'
import type { BankAccount, BankLinkProvider } from '#app/gateways/plaid/port.ts'
import type { Acceptance, CardProcessor } from '#app/gateways/stripe/port.ts'
import { openToken } from '#app/payments/linked-banks/access-token.server.ts'
import {
  agreeToMandate,
  hashOfMandate,
  mandateTermsOf,
} from '#app/payments/linked-banks/agree-mandate.server.ts'
import { keepLinkedAccount } from '#app/payments/linked-banks/keep-account.server.ts'
import { type LinkStep, stepOf } from '#app/payments/linked-banks/links/bank-link.ts'
import {
  findBankLink,
  type LinkWithMethods,
  linkFactsOf,
} from '#app/payments/linked-banks/links/bank-link-queries.server.ts'
import { LinkIsBusy } from '#app/payments/linked-banks/links/claim-link.server.ts'
import { syncBankLink } from '#app/payments/linked-banks/links/sync-link.server.ts'
import { mandateParagraphs } from '#app/payments/linked-banks/mandate-text.ts'
import { log } from '#app/platform/log.server.ts'

/** What the page of a link shows. No token and no address at the bank is among it. */
export type LinkPage = {
  readonly step: LinkStep
  readonly bankName: string | null
  readonly accountName: string | null
  readonly accountMask: string | null
  readonly errorCode: string | null
  readonly disconnectAt: Date | null
  /** The accounts to choose among. */
  readonly accounts: readonly BankAccount[]
  /** The mandate to read, and its hash to be sent back with the tick. */
  readonly mandate: { readonly paragraphs: readonly string[]; readonly hash: string } | null
  /** Whether the bank could not be asked just now, so that this may be out of date. */
  readonly isStale: boolean
}

/** Steps at which the service may know more than we do. */
const WORTH_ASKING: ReadonlySet<LinkStep> = new Set(['at_bank', 'left', 'checking', 'waits_for_deposits'])

/** A link of this customer as its page shows it, brought up to date where that can be; null when there is none. */
export async function readLinkPage(
  banks: BankLinkProvider,
  customerId: CustomerId,
  linkId: BankLinkId,
): Promise<LinkPage | null> {
  const found = await findBankLink(customerId, linkId)
  if (found === null) return null
  const isAsked = WORTH_ASKING.has(stepOf(linkFactsOf(found))) || found.linkToken !== null
  const isStale = isAsked && !(await isBroughtUpToDate(() => syncBankLink(banks, linkId)))
  const link = (await findBankLink(customerId, linkId)) ?? found
  const step = stepOf(linkFactsOf(link))
  const accounts = step === 'choose' ? await accountsOf(banks, link) : []
  return {
    step,
    bankName: link.institutionName,
    accountName: link.accountName,
    accountMask: link.accountMask,
    errorCode: link.errorCode,
    disconnectAt: link.disconnectAt,
    accounts: accounts ?? [],
    mandate: step === 'agree' ? await mandateOf(link) : null,
    isStale: isStale || accounts === null,
  }
}

async function mandateOf(link: LinkWithMethods): Promise<LinkPage['mandate']> {
  const terms = await mandateTermsOf(link)
  return { paragraphs: mandateParagraphs(terms), hash: hashOfMandate(terms) }
}

async function accountsOf(
  banks: BankLinkProvider,
  { id, accessToken }: LinkWithMethods,
): Promise<readonly BankAccount[] | null> {
  if (accessToken === null) return null
  try {
    const accounts = await banks.listAccounts(openToken(id, accessToken))
    return accounts.filter(({ verification }) => verification !== 'failed')
  } catch (error) {
    if (error instanceof GatewayFault) return null
    throw error
  }
}

/** False when it could not be done just now: the jobs try again. */
async function isBroughtUpToDate(work: () => Promise<void>): Promise<boolean> {
  try {
    await work()
    return true
  } catch (error) {
    if (!(error instanceof GatewayFault) && !(error instanceof LinkIsBusy)) throw error
    log.info({ reason: error.message }, 'a bank link could not be brought up to date at once')
    return false
  }
}

/**
 * Agrees to the mandate of a link and hands its account over. Answers whether it is kept already; an unclear answer leaves that to
 * the jobs. Refusals: those of agreeToMandate.
 */
export async function agreeOnPage(options: {
  readonly banks: BankLinkProvider
  readonly processor: CardProcessor
  readonly customerId: CustomerId
  readonly personId: PersonId
  readonly linkId: BankLinkId
  readonly textHash: string
  readonly acceptance: Acceptance
}): Promise<Result<{ isKept: boolean }>> {
  const { banks, processor, customerId, linkId } = options
  const agreed = await agreeToMandate(options)
  if (!agreed.ok) return agreed
  await isBroughtUpToDate(() => keepLinkedAccount(processor, banks, linkId))
  const link = await findBankLink(customerId, linkId)
  return { ok: true, isKept: link !== null && link._count.methods > 0 }
}

/** Runs what works on a link alone and may ask the bank. Refusals: BANK_LINK_BUSY, PROVIDER_UNAVAILABLE. */
export async function orRefuse<Value>(work: () => Promise<Result<Value>>): Promise<Result<Value>> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof LinkIsBusy) return refuse('BANK_LINK_BUSY')
    if (error instanceof GatewayFault) return refuse('PROVIDER_UNAVAILABLE')
    throw error
  }
}
