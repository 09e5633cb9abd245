import { formatAmount, formatMoney } from '#app/money/format.ts'
import { isPositive, type Money, negate, sum } from '#app/money/money.ts'
import type { Letter } from '#app/notices/letter.ts'
import { type Sender, signatureOf } from '#app/notices/letters.ts'
import type { AutopayOrderRecord, AutopayRunRecord } from '#app/payments/autopay/autopay-record.ts'
import { lessSentence, pauseSentence, runReasonSentence } from '#app/payments/autopay/autopay-words.ts'
import { type BusinessDate, formatBusinessDate, formatInstant } from '#app/platform/time.ts'

/** What every letter about autopay needs to know of its reader and of itself. */
export type AutopayReader = {
  readonly customerName: string
  readonly locale: string
  readonly timeZone: string
  /** Address of the customer's autopay page. */
  readonly page: string
}

/** The copy of what was agreed to. */
export function autopayEnrolledLetter(
  order: AutopayOrderRecord,
  reader: AutopayReader,
  sender: Sender,
): Letter {
  const who = order.acceptedBy ?? 'Somebody of your company'
  return {
    ...frame(reader, sender),
    subject: `Autopay with ${sender.name} is set up: a copy of the text`,
    lines: [
      `${who} set up autopay by ${order.methodName} on ${formatInstant(order.acceptedAt, reader.timeZone, reader.locale)}.`,
      'The text that was agreed to follows. Keep this letter.',
      'If nobody of your company did this, answer this letter at once.',
    ],
    table: null,
    action: { label: 'See or end autopay', url: reader.page },
    after: order.agreedText.split('\n\n'),
  }
}

/** The notice of a debit: day, amount, invoices, and how to skip it. A changed one says that it takes the earlier one's place. */
export function autopayNoticeLetter(
  run: AutopayRunRecord,
  isChange: boolean,
  reader: AutopayReader,
  sender: Sender,
): Letter {
  const amount = formatMoney(run.announced, reader.locale)
  const day = formatBusinessDate(run.debitOn, reader.locale)
  const leftOut = leftOutSentence(run.leftOut)
  const less = lessSentence(run, reader.locale)
  if (run.items.length === 0)
    return {
      ...frame(reader, sender),
      subject: `No debit on ${day}: above your limit`,
      lines: [`Autopay debits nothing on ${day}.`, ...leftOut],
      table: null,
      action: { label: 'See autopay', url: reader.page },
      after: [],
    }
  const isCovered = !isPositive(run.announced)
  const what = isCovered ? 'debits nothing' : `debits ${amount} by ${run.methodName}`
  const lead = [
    `On ${day} autopay ${what}.`,
    ...(less === null ? [] : [less]),
    ...(isChange ? ['This takes the place of the earlier notice for that day.'] : []),
  ]
  return {
    ...frame(reader, sender),
    subject: `${isChange ? 'Changed: ' : ''}${isCovered ? `Your credit pays your invoices on ${day}` : `${amount} will be debited on ${day}`}`,
    lines: [
      lead.join(' '),
      'If less is owed by then, less is debited; more never is without another notice. You can skip this debit on your autopay page until it begins.',
      ...leftOut,
    ],
    table: itemsTable(run, reader.locale),
    action: { label: 'Skip this debit', url: `${reader.page}#debits` },
    after: [],
  }
}

/** A debit was skipped by a person. */
export function autopaySkippedLetter(run: AutopayRunRecord, reader: AutopayReader, sender: Sender): Letter {
  const day = formatBusinessDate(run.debitOn, reader.locale)
  return {
    ...frame(reader, sender),
    subject: `The debit of ${day} is skipped`,
    lines: [
      isPositive(run.announced)
        ? `The debit of ${formatMoney(run.announced, reader.locale)} on ${day} was skipped and will not be made.`
        : `What autopay was to pay with your credit on ${day} was skipped and will not be done.`,
      'Its invoices are still due: please pay them yourself.',
    ],
    table: itemsTable(run, reader.locale),
    action: { label: 'See autopay', url: reader.page },
    after: [],
  }
}

/** A debit failed or came back, and what happens next. */
export function autopayFailedLetter(
  run: AutopayRunRecord,
  next: {
    readonly retryOn: BusinessDate | null
    readonly pausedReason: string | null
    readonly payPage: string
  },
  reader: AutopayReader,
  sender: Sender,
): Letter {
  const amount = formatMoney(run.charged ?? run.announced, reader.locale)
  const why = runReasonSentence('error', run.reason, run.methodKind) ?? ''
  const day = formatBusinessDate(run.debitOn, reader.locale)
  return {
    ...frame(reader, sender),
    subject: `The debit of ${amount} did not go through`,
    lines: [
      `The debit of ${amount} by ${run.methodName}, announced for ${day}, did not go through. ${why}`,
      whatNext(next, reader.locale),
    ],
    table: itemsTable(run, reader.locale),
    action: { label: 'Pay these invoices now', url: next.payPage },
    after: [`Autopay: ${reader.page}`],
  }
}

/** Autopay was paused by something other than a failed debit or a person. */
export function autopayPausedLetter(
  order: AutopayOrderRecord,
  reason: string | null,
  reader: AutopayReader,
  sender: Sender,
): Letter {
  return {
    ...frame(reader, sender),
    subject: 'Autopay is paused',
    lines: [
      `Autopay by ${order.methodName} is paused. ${pauseSentence(reason)}`,
      'No debit is made until it is resumed or set up again. Please pay invoices that fall due meanwhile yourself.',
    ],
    table: null,
    action: { label: 'See autopay', url: reader.page },
    after: [],
  }
}

function frame(reader: AutopayReader, sender: Sender): Pick<Letter, 'greeting' | 'signature'> {
  return { greeting: `Dear ${reader.customerName},`, signature: signatureOf(sender) }
}

function whatNext(
  { retryOn, pausedReason }: { retryOn: BusinessDate | null; pausedReason: string | null },
  locale: string,
): string {
  if (retryOn !== null)
    return `It is tried again on ${formatBusinessDate(retryOn, locale)}, unless you pay or skip it before.`
  if (pausedReason !== null)
    return `It is not tried again, and autopay is paused. ${pauseSentence(pausedReason)} Please pay these invoices yourself.`
  return 'It is not tried again. Please pay these invoices yourself.'
}

function leftOutSentence(numbers: readonly string[]): string[] {
  if (numbers.length === 0) return []
  const names = numbers.length === 1 ? `Invoice ${numbers[0]} does` : `Invoices ${numbers.join(', ')} do`
  return [`${names} not fit your limit per debit and will not be debited: please pay yourself.`]
}

/** The invoices of a debit as it was announced, and what credit and discount take off them. */
function itemsTable({ items, announced }: AutopayRunRecord, locale: string): Letter['table'] {
  const { currency } = announced
  const credit = sum(
    items.map((item) => item.credit),
    currency,
  )
  const discount = sum(
    items.map((item) => item.discount),
    currency,
  )
  const takenOff = (name: string, amount: Money): [string, string][] =>
    isPositive(amount) ? [[name, formatAmount(negate(amount), locale)]] : []
  return {
    head: ['Invoice', `Amount, ${currency}`],
    rows: [
      ...items.map((item): [string, string] => [
        `Invoice ${item.number}`,
        formatAmount(sum([item.amount, item.credit, item.discount], currency), locale),
      ]),
      ...takenOff('Your credit, used first', credit),
      ...takenOff('Early-payment discount', discount),
    ],
    foot: ['Total', formatAmount(announced, locale)],
  }
}
