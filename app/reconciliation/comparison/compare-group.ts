/**
 * The comparison of one charge, refund or dispute: what the processor moved against what our journals moved on provider
 * clearing. The gravest cause is told alone where the others would only follow from it; fee, customer and day are causes of their
 * own. What is merely young is no difference.
 */
import { type BusinessDate, businessDateIn, daysBetween, formatBusinessDate } from '#app/platform/time.ts'
import type { Difference, DifferenceKind } from '#app/reconciliation/comparison/difference.ts'
import type {
  BookEntry,
  Group,
  Judging,
  Movement,
  PaymentFacts,
} from '#app/reconciliation/comparison/group.ts'
import { DATE_TOLERANCE, isBankDebit, isInFlight } from '#app/reconciliation/comparison/in-flight.ts'
import { type BookedKind, costOf, isBooked, netOf } from '#app/reconciliation/comparison/movement-parts.ts'

const FEE_KEY = 'provider.fee:'
/** What the first of the movements is of, when the books have none of them. */
const ABSENT: Readonly<Record<BookedKind, string>> = {
  payment: 'The card service took a payment that is not in the books.',
  refund: 'The card service gave money back, or took it back, and it is not in the books.',
  dispute: 'The card service moved disputed money, and it is not in the books.',
  adjustment: 'The card service adjusted its balance, and does not say for what.',
  other: 'The card service moved money for something that this portal does not do.',
}
/** What the processor calls it when it takes back what it had given, or gives back what it had taken. */
const TAKEN_BACK: readonly string[] = ['charge_failure', 'refund_failure', 'dispute_reversal']

/** Everything that differs about one group. */
export function compareGroup(group: Group, judging: Judging): Difference[] {
  const money = moneyDifference(group, judging)
  if (money !== null) return [money]
  return [feeDifference(group, judging), customerDifference(group), dateDifference(group, judging)].filter(
    (each) => each !== null,
  )
}

/** What the processor has that the books have not, in minor units: what young groups make the two sides differ by. */
export function netAhead({ movements, entries }: Group): bigint {
  return sum(movements.map(netOf)) - sum(entries.map(({ amountMinor }) => amountMinor))
}

function moneyDifference(group: Group, judging: Judging): Difference | null {
  if (group.movements.length === 0 && group.entries.length === 0) return null
  const twice = duplicate(group)
  if (twice !== null) return twice
  const movements = group.movements.filter(isBooked)
  const entries = group.entries.filter((each) => !isFee(each))
  if (group.movements.length === 0) return isInFlight(group, judging) ? null : extra(group)
  const [there, here] = [currenciesOf(movements), currenciesOf(group.entries)]
  if (there !== '' && here !== '' && there !== here)
    return found(
      'currency-differs',
      group,
      `The card service moved ${there}, and the books ${here}.`,
      amounts(movements, entries),
    )
  const theirs = sum(movements.map(({ amountMinor }) => amountMinor))
  const ours = sum(entries.map(({ amountMinor }) => amountMinor))
  if (theirs === ours || isInFlight(group, judging)) return null
  return entries.length === 0 ? absent(group, movements) : unequal(group, movements, entries)
}

/** Two payments on one charge, two movements of one charge, or a second charge for one payment. */
function duplicate(group: Group): Difference | null {
  const { key, movements, payments } = group
  const taken = movements.filter(({ kind }) => kind === 'payment')
  const booked = payments.filter(({ chargeId }) => chargeId === key)
  if (booked.length > 1)
    return found('duplicate', group, `Payments ${numbersOf(booked)} are booked on one charge.`, {})
  if (taken.length > 1) {
    const facts = { transactions: taken.map(({ id }) => id).join(', ') }
    return found('duplicate', group, 'The card service’s books hold the same charge twice.', facts)
  }
  const other = payments.find(({ chargeId }) => chargeId !== null && chargeId !== key)
  if (taken.length === 0 || other === undefined) return null
  const isGivenBack = sum(movements.filter(isBooked).map(({ amountMinor }) => amountMinor)) === 0n
  if (isGivenBack) return null
  const facts = { ...amounts(taken, []), bookedCharge: other.chargeId ?? '' }
  return found('duplicate', group, `Payment ${other.number} was charged a second time.`, facts)
}

function extra(group: Group): Difference {
  return found(
    'extra-in-books',
    group,
    'The books moved money at the card service that it knows nothing of.',
    amounts([], group.entries),
  )
}

function absent(group: Group, movements: readonly (Movement & { kind: BookedKind })[]): Difference {
  const facts = amounts(movements, [])
  const payment = group.payments[0]
  if (payment !== undefined && payment.state !== 'settled') {
    const cause = `The card service has the money of payment ${payment.number}, which is ${payment.state.replace('_', ' ')} here.`
    return found('status-differs', group, cause, { ...facts, state: payment.state })
  }
  const types = [...new Set(movements.map(({ type }) => type))].join(', ')
  const cause = ABSENT[movements[0]?.kind ?? 'other']
  return found('missing-in-books', group, cause, { ...facts, types })
}

function unequal(group: Group, movements: readonly Movement[], entries: readonly BookEntry[]): Difference {
  const facts = amounts(movements, entries)
  const lasting = movements.filter(({ reportingCategory }) => !TAKEN_BACK.includes(reportingCategory))
  const ours = sum(entries.map(({ amountMinor }) => amountMinor))
  const isTakenBack =
    lasting.length < movements.length && sum(lasting.map(({ amountMinor }) => amountMinor)) === ours
  if (isTakenBack)
    return found(
      'status-differs',
      group,
      'It did not last at the card service, and it stands in the books.',
      facts,
    )
  return found('amount-differs', group, 'The card service moved another amount than the books.', facts)
}

function feeDifference(group: Group, judging: Judging): Difference | null {
  const theirs = new Map(group.movements.map((each) => [each.id, costOf(each)]))
  const ours = new Map(
    group.entries.filter(isFee).map((each) => [each.postingKey.slice(FEE_KEY.length), -each.amountMinor]),
  )
  const wrong = [...new Set([...theirs.keys(), ...ours.keys()])].filter(
    (id) => (theirs.get(id) ?? 0n) !== (ours.get(id) ?? 0n),
  )
  const isLate = wrong.every((id) => !ours.has(id)) && isInFlight(group, judging)
  if (wrong.length === 0 || isLate) return null
  return found('fee-differs', group, 'The card service kept another fee than the one in the books.', {
    transactions: wrong.join(', '),
    currency: group.movements[0]?.currency ?? '',
    booksMinor: sum(wrong.map((id) => ours.get(id) ?? 0n)).toString(),
    providerMinor: sum(wrong.map((id) => theirs.get(id) ?? 0n)).toString(),
  })
}

function customerDifference(group: Group): Difference | null {
  const charged = group.movements.find(({ processorCustomerId }) => processorCustomerId !== null)
  const payment = group.payments.find(({ chargeId }) => chargeId === group.key)
  const theirs = charged?.processorCustomerId ?? null
  if (theirs === null || payment === undefined || payment.processorCustomerIds.length === 0) return null
  if (payment.processorCustomerIds.includes(theirs)) return null
  const facts = { providerCustomer: theirs, ourCustomer: payment.processorCustomerIds.join(', ') }
  return found('wrong-customer', group, `Payment ${payment.number} was charged to another customer.`, facts)
}

/** Days are compared in the order of both sides; a booking never takes a day to come, so a later day there is cut to that of ours. */
function dateDifference(group: Group, { timeZone }: Judging): Difference | null {
  const movements = group.movements
    .filter(isBooked)
    .toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime())
  const entries = group.entries
    .filter((each) => !isFee(each))
    .toSorted((a, b) => a.recordedAt.getTime() - b.recordedAt.getTime())
  const tolerance = isBankDebit(group) ? DATE_TOLERANCE.bank : DATE_TOLERANCE.card
  for (const [index, entry] of entries.entries()) {
    const movement = movements[index]
    if (movement === undefined) return null
    const theirs = earlier(
      businessDateIn(timeZone, movement.createdAt),
      businessDateIn(timeZone, entry.recordedAt),
    )
    if (Math.abs(daysBetween(theirs, entry.effectiveOn)) <= tolerance) continue
    const cause = `It counts as of ${formatBusinessDate(entry.effectiveOn)} here, and happened on ${formatBusinessDate(theirs)}.`
    return found('date-differs', group, cause, { booksOn: entry.effectiveOn, providerOn: theirs })
  }
  return null
}

function found(
  kind: DifferenceKind,
  group: Group,
  cause: string,
  facts: Readonly<Record<string, string>>,
): Difference {
  const payment = group.payments[0]
  return {
    kind,
    subject: group.key,
    cause,
    customerId: payment?.customerId ?? null,
    paymentId: payment?.id ?? null,
    facts,
  }
}

function amounts(movements: readonly Movement[], entries: readonly BookEntry[]): Record<string, string> {
  return {
    currency: currenciesOf([...entries, ...movements]),
    booksMinor: sum(entries.map(({ amountMinor }) => amountMinor)).toString(),
    providerMinor: sum(movements.map(({ amountMinor }) => amountMinor)).toString(),
  }
}

const isFee = ({ postingKey }: BookEntry): boolean => postingKey.startsWith(FEE_KEY)
const sum = (values: readonly bigint[]): bigint => values.reduce((total, each) => total + each, 0n)
const earlier = (a: BusinessDate, b: BusinessDate): BusinessDate => (a < b ? a : b)
const numbersOf = (payments: readonly PaymentFacts[]): string =>
  payments
    .map(({ number }) => number)
    .toSorted()
    .join(', ')

function currenciesOf(list: readonly { readonly currency: string }[]): string {
  return [...new Set(list.map(({ currency }) => currency))].toSorted().join(', ')
}
