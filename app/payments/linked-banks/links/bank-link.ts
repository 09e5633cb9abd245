/**
 * A bank account that is linked through the bank's own login. The customer signs in there, chooses an account, and agrees to a
 * mandate; whose account it is was checked before. Nothing is debited before all of that is done, and nothing more after the
 * bank's consent has gone. A login that is merely broken stops what we may look at, not the debits.
 */
export type BankLinkState =
  | 'started'
  | 'exited'
  | 'review'
  | 'linked'
  | 'needs_reauth'
  | 'disconnecting'
  | 'gone'

export type HolderCheck = 'passed' | 'review' | 'refused' | 'approved'

/** What of a link its next step depends on. */
export type LinkFacts = {
  readonly state: BankLinkState
  /** Whether a visit to the bank's pages is under way. */
  readonly isAtBank: boolean
  readonly accountId: string | null
  readonly accountVerification: string | null
  readonly holderCheck: string | null
  readonly hasMandate: boolean
  readonly hasMethod: boolean
}

export type LinkStep =
  /** Nobody has finished on the bank's pages yet. */
  | 'at_bank'
  | 'left'
  | 'choose'
  /** The bank was not asked yet whose account it is. */
  | 'checking'
  | 'waits_for_deposits'
  | 'review'
  | 'agree'
  /** Agreed to, and on its way to the card service. */
  | 'keeping'
  | 'ready'
  | 'repair'
  | 'gone'

/** What is to be done next. */
export function stepOf(link: LinkFacts): LinkStep {
  switch (link.state) {
    case 'started':
      return 'at_bank'
    case 'exited':
      return 'left'
    case 'review':
      return 'review'
    case 'gone':
      return 'gone'
    case 'needs_reauth':
      return 'repair'
    case 'disconnecting':
      return link.hasMethod ? 'repair' : stepOfLinked(link)
    case 'linked':
      return stepOfLinked(link)
  }
}

function stepOfLinked(link: LinkFacts): LinkStep {
  if (link.hasMethod) return 'ready'
  if (link.hasMandate) return 'keeping'
  if (link.accountId === null) return 'choose'
  if (link.holderCheck !== 'passed' && link.holderCheck !== 'approved') return 'checking'
  return link.accountVerification === 'ready' ? 'agree' : 'waits_for_deposits'
}

/** Whether the login can be read and its account can still be taken on. */
export function isOpen(state: BankLinkState): boolean {
  return state === 'linked' || state === 'disconnecting'
}

const PASSING_SCORE = 70
const REVIEWED_SCORE = 50

/** Whether the names at the bank are the customer's; where the bank tells none, a person decides. */
export function judgeHolder(nameScore: number | null): Exclude<HolderCheck, 'approved'> {
  if (nameScore === null) return 'review'
  if (nameScore >= PASSING_SCORE) return 'passed'
  return nameScore >= REVIEWED_SCORE ? 'review' : 'refused'
}

/** Banks announce the end of a login so long before it. */
const NOTICE_MS = 7 * 86_400_000

export type Standing = {
  readonly state: 'review' | 'linked' | 'needs_reauth' | 'disconnecting' | 'gone'
  readonly disconnectAt: Date | null
}

/**
 * How a linked login stands after it was read again. An announced end cannot be read and is taken from its event, unless the login
 * was repaired after the announcement: events come in any order. It is forgotten when its day has passed and the login still works.
 */
export function nextStanding(
  link: {
    readonly state: Standing['state']
    readonly disconnectAt: Date | null
    readonly repairedAt: Date | null
  },
  reading: 'good' | 'needs_reauth' | 'gone',
  announcedEnd: Date | null,
  now: Date,
): Standing {
  if (reading === 'gone') return { state: 'gone', disconnectAt: null }
  if (link.state === 'review') return { state: 'review', disconnectAt: null }
  if (reading === 'needs_reauth') return { state: 'needs_reauth', disconnectAt: null }
  const end = [announcedEnd, link.disconnectAt].find((at) => at !== null && isAhead(at, link.repairedAt, now))
  if (end === undefined || end === null) return { state: 'linked', disconnectAt: null }
  return { state: 'disconnecting', disconnectAt: end }
}

function isAhead(end: Date, repairedAt: Date | null, now: Date): boolean {
  if (end <= now) return false
  return repairedAt === null || end.getTime() - NOTICE_MS > repairedAt.getTime()
}

/** Why nothing came of a link, for whoever tried. */
export function goneSentence(code: string | null): string {
  switch (code) {
    case 'HOLDER_REFUSED':
      return 'The bank names another holder of this account. Only an account of your company can be used.'
    case 'REFUSED_BY_STAFF':
      return 'We could not confirm that this account is your company’s. Ask us, or link another account.'
    case 'NO_ACCOUNT':
    case 'NO_ACCOUNTS':
      return 'The bank shared no account that can be debited. Link another one.'
    case 'ACCOUNT_NOT_VERIFIED':
      return 'The bank did not confirm the account. Link another one, or add the account by its numbers.'
    case 'ACCOUNT_KNOWN':
      return 'This account is already among your ways to pay.'
    case 'ACCOUNT_REVOKED':
    case 'USER_PERMISSION_REVOKED':
      return 'The consent was withdrawn at the bank. Link the account again to use it.'
    case 'REMOVED':
      return 'You have removed this account.'
    default:
      return 'The link to the bank has ended. Link the account again to use it.'
  }
}

/** Why a visit to the bank ended without a link. */
export function leftSentence(code: string | null): string {
  switch (code) {
    case null:
      return 'You left before it was done.'
    case 'LINK_EXPIRED':
      return 'The bank’s page was open for too long.'
    case 'RESULT_LOST':
      return 'The bank’s answer was lost on its way to us.'
    case 'ITEM_LOCKED':
      return 'The bank has locked this login. Unlock it at the bank first.'
    case 'INVALID_CREDENTIALS':
    case 'INVALID_MFA':
      return 'The bank did not accept what was entered.'
    case 'INSTITUTION_DOWN':
    case 'INSTITUTION_NOT_RESPONDING':
      return 'The bank does not answer at the moment.'
    case 'NO_ACCOUNTS':
      return 'The bank has no account there that can be debited.'
    case 'USER_SETUP_REQUIRED':
      return 'The bank wants you to finish something on its own pages first.'
    default:
      return 'The bank did not let us link the account.'
  }
}

/** Whether a balance covers a debit, as far as the bank tells; amounts are of the one currency that banks here debit in. */
export function isBalanceEnough(
  balance:
    | { readonly state: 'unavailable' }
    | {
        readonly state: 'known'
        readonly availableMinor: bigint | null
        readonly currentMinor: bigint | null
        readonly currency: string
      },
  amountMinor: bigint,
): boolean {
  if (balance.state === 'unavailable' || balance.currency !== 'USD') return true
  const held = balance.availableMinor ?? balance.currentMinor
  return held === null || held >= amountMinor
}
