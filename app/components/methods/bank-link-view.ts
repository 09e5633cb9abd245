/** The words about a linked bank account: on its own page, and on the page of the ways to pay. */
import { encodeId } from '#app/books/ids.ts'
import { goneSentence, type LinkStep, leftSentence } from '#app/payments/linked-banks/links/bank-link.ts'
import { type BusinessDate, businessDateIn, formatBusinessDate } from '#app/platform/time.ts'

type Named = {
  readonly bankName: string | null
  readonly accountName: string | null
  readonly accountMask: string | null
}
type Reading = { readonly locale: string; readonly timeZone: string; readonly today: BusinessDate }

/** "First Platypus Bank, Business Checking ending 2222", as far as that is known yet. */
export function accountWords({ bankName, accountName, accountMask }: Named): string {
  if (accountName === null) return bankName ?? 'Your bank account'
  const ending = accountMask === null ? '' : ` ending ${accountMask}`
  return `${bankName ?? 'Your bank'}, ${accountName}${ending}`
}

export type LinkWords = {
  readonly title: string
  readonly lead: string
  readonly tone: 'neutral' | 'amber' | 'brick' | 'accent'
}

/** What a step means for whoever links the account. */
export function linkWords(
  link: Named & { step: LinkStep; errorCode: string | null; disconnectAt: Date | null },
  reading: Reading,
): LinkWords {
  const account = accountWords(link)
  switch (link.step) {
    case 'at_bank':
      return say('Link your bank', 'You have not finished at the bank yet. Nothing is linked so far.')
    case 'left':
      return say('Nothing was linked', leftSentence(link.errorCode), 'amber')
    case 'choose':
      return say('Choose the account', `${account} shares more than one. Choose the one to pay from.`)
    case 'checking':
      return say('We are asking the bank', `${account}: we compare its holder with your company.`, 'amber')
    case 'waits_for_deposits':
      return say(
        'The bank is confirming the account',
        `${account} can be used when a small deposit has arrived there, mostly within a day or two. A letter tells you.`,
        'amber',
      )
    case 'review':
      return say(
        'We are looking at this account',
        `The holder’s name at ${link.bankName ?? 'the bank'} is not quite your company’s. We compare the two ourselves and write to you; nothing is debited before.`,
        'amber',
      )
    case 'agree':
      return say('Read what you agree to', account)
    case 'keeping':
      return say('It is being saved', `${account} appears among your ways to pay in a moment.`, 'amber')
    case 'ready':
      return say('Your bank account is saved', `You can pay with ${account}.`, 'accent')
    case 'repair':
      return repairWords(account, link.disconnectAt, reading)
    case 'gone':
      return say('This account is not linked', goneSentence(link.errorCode), 'brick')
  }
}

function say(title: string, lead: string, tone: LinkWords['tone'] = 'neutral'): LinkWords {
  return { title, lead, tone }
}

function repairWords(account: string, disconnectAt: Date | null, { locale, timeZone }: Reading): LinkWords {
  if (disconnectAt === null)
    return say(
      'Sign in to your bank again',
      `${account} asks for a new sign-in. Payments from it go on meanwhile.`,
      'amber',
    )
  const day = formatBusinessDate(businessDateIn(timeZone, disconnectAt), locale)
  return say(
    'Renew the link to your bank',
    `${account} ends its link to us on ${day}. Sign in there once before, and everything stays as it is.`,
    'amber',
  )
}

/** A link that needs something, for the page of the ways to pay. */
export type OpenLink = LinkWords & { readonly id: string; readonly label: string }

/** What a link needs, and the words to press. */
export function openLinkOf(
  link: Parameters<typeof linkWords>[0] & { id: string },
  reading: Reading,
): OpenLink {
  const id = encodeId('bkl', link.id)
  const words = linkWords(link, reading)
  switch (link.step) {
    case 'agree':
      return { ...words, id, title: 'One step is left to use your bank account', label: 'Finish adding it' }
    case 'choose':
      return { ...words, id, label: 'Choose the account' }
    case 'repair':
      return { ...words, id, label: 'Repair the link' }
    default:
      return { ...words, id, label: 'See how it stands' }
  }
}
