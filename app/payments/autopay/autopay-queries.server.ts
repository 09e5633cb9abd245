import { type AutopayId, type AutopayRunId, asId, type CustomerId } from '#app/books/ids.ts'
import { type CurrencyCode, parseCurrency } from '#app/money/currencies.ts'
import { money } from '#app/money/money.ts'
import type { AutopayOrderRecord, AutopayRunRecord } from '#app/payments/autopay/autopay-record.ts'
import { scopeOf } from '#app/payments/autopay/autopay-rows.server.ts'
import { isWithoutDebit } from '#app/payments/autopay/autopay-words.ts'
import { isLeftOut } from '#app/payments/autopay/plan-debits.ts'
import { sumAppliedCredits } from '#app/payments/cart/covered-cart.server.ts'
import { methodName } from '#app/payments/methods/saved-method.ts'
import { db } from '#app/platform/db.server.ts'
import type { Prisma } from '#app/platform/generated/client.ts'
import { fromDatabaseDate } from '#app/platform/time.ts'

const ORDER = { savedMethod: true } as const satisfies Prisma.AutopayEnrollmentInclude
const RUN = {
  enrollment: { include: ORDER },
  payment: {
    select: {
      amountMinor: true,
      items: { where: { discountUntil: { not: null } }, select: { discountMinor: true } },
      adjustments: { where: { kind: 'discount' }, select: { amountMinor: true } },
    },
  },
  items: { include: { invoice: { select: { number: true } } }, orderBy: { invoiceId: 'asc' } },
} as const satisfies Prisma.AutopayRunInclude

type OrderRow = Prisma.AutopayEnrollmentGetPayload<{ include: typeof ORDER }>
type RunRow = Prisma.AutopayRunGetPayload<{ include: typeof RUN }>

/** So many debits are shown in the log of a customer. */
const LOG_SIZE = 60

/** The live orders of a customer, one a currency. */
export async function listOrders(customerId: CustomerId): Promise<readonly AutopayOrderRecord[]> {
  const rows = await db.autopayEnrollment.findMany({
    where: { customerId, state: { not: 'ended' } },
    include: ORDER,
    orderBy: { currency: 'asc' },
  })
  return Promise.all(rows.map(orderRecord))
}

/** An order, live or ended. Throws when there is none. */
export async function getOrder(
  id: AutopayId,
): Promise<AutopayOrderRecord & { readonly customerId: CustomerId }> {
  const row = await db.autopayEnrollment.findUniqueOrThrow({ where: { id }, include: ORDER })
  return { ...(await orderRecord(row)), customerId: asId<'cst'>(row.customerId) }
}

/** The debits of a customer: those to come, the next first, and the log of the others, the newest first. */
export async function listRuns(
  customerId: CustomerId,
): Promise<{ readonly ahead: readonly AutopayRunRecord[]; readonly log: readonly AutopayRunRecord[] }> {
  const [ahead, log] = await Promise.all([
    db.autopayRun.findMany({
      where: { enrollment: { customerId }, state: 'noticed' },
      include: RUN,
      orderBy: [{ debitOn: 'asc' }, { id: 'asc' }],
    }),
    db.autopayRun.findMany({
      where: { enrollment: { customerId }, state: { not: 'noticed' } },
      include: RUN,
      orderBy: [{ debitOn: 'desc' }, { attemptNo: 'desc' }, { id: 'desc' }],
      take: LOG_SIZE,
    }),
  ])
  const used = await sumAppliedCredits(log.map(({ id }) => id))
  return {
    ahead: ahead.map((run) => runRecord(run, 0n)),
    log: log.map((run) => runRecord(run, used.get(run.id) ?? 0n)),
  }
}

/** One debit, with whose it is. Throws when there is none. */
export async function getRun(
  id: AutopayRunId,
): Promise<AutopayRunRecord & { readonly customerId: CustomerId }> {
  const row = await db.autopayRun.findUniqueOrThrow({ where: { id }, include: RUN })
  const used = await sumAppliedCredits([id])
  return { ...runRecord(row, used.get(id) ?? 0n), customerId: asId<'cst'>(row.enrollment.customerId) }
}

/** Currencies in which the customer owes anything, or has an order: those that autopay can be set up for. */
export async function listAutopayCurrencies(customerId: CustomerId): Promise<readonly CurrencyCode[]> {
  const rows = await db.invoice.groupBy({
    by: ['currency'],
    where: { customerId },
    orderBy: { currency: 'asc' },
  })
  return rows.map(({ currency }) => parseCurrency(currency))
}

async function orderRecord(row: OrderRow): Promise<AutopayOrderRecord> {
  const { state, pausedReason, daysBefore, acceptedAt, agreedText } = row
  const currency = parseCurrency(row.currency)
  const person = row.acceptedBy && (await db.person.findUnique({ where: { id: row.acceptedBy } }))
  return {
    id: asId<'aut'>(row.id),
    ...{ state, pausedReason, currency, daysBefore, acceptedAt, agreedText },
    limit: money(row.maxMinor, currency),
    scope: scopeOf(row),
    methodId: asId<'met'>(row.savedMethodId),
    methodName: methodName(row.savedMethod),
    acceptedBy: person ? person.name : null,
  }
}

/** `usedMinor` is the credit that the run has used. */
function runRecord(row: RunRow, usedMinor: bigint): AutopayRunRecord {
  const currency = parseCurrency(row.currency)
  const { attemptNo, state, reason, payment } = row
  const method = row.enrollment.savedMethod
  const items = row.items.filter((item) => !isLeftOut(item))
  const isAhead = state === 'noticed' || state === 'skipped'
  const creditMinor = isAhead ? items.reduce((sum, item) => sum + item.creditMinor, 0n) : usedMinor
  return {
    id: asId<'run'>(row.id),
    debitOn: fromDatabaseDate(row.debitOn),
    ...{ attemptNo, state, reason, methodName: methodName(method) },
    methodKind: method.kind,
    announced: money(row.amountMinor, currency),
    charged: isWithoutDebit(reason) ? money(0n, currency) : payment && money(payment.amountMinor, currency),
    credit: money(creditMinor, currency),
    discount: money(discountOf(row, items), currency),
    paymentId: row.paymentId === null ? null : asId<'pay'>(row.paymentId),
    nextTryOn: row.nextTryAt && fromDatabaseDate(row.nextTryAt),
    items: items.map(({ invoiceId, invoice, amountMinor, creditMinor, discountMinor }) => ({
      ...{ invoiceId: asId<'inv'>(invoiceId), number: invoice.number },
      amount: money(amountMinor, currency),
      credit: money(creditMinor, currency),
      discount: money(discountMinor, currency),
    })),
    leftOut: row.items.filter(isLeftOut).map(({ invoice }) => invoice.number),
  }
}

/** The discount as announced until a payment is under way, then that of the payment, and what was given once it has settled. */
function discountOf({ state, payment }: RunRow, announced: readonly { discountMinor: bigint }[]): bigint {
  const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((all, each) => all + each, 0n)
  switch (state) {
    case 'noticed':
    case 'skipped':
      return sum(announced.map(({ discountMinor }) => discountMinor))
    case 'in_progress':
      return sum((payment?.items ?? announced).map(({ discountMinor }) => discountMinor))
    case 'success':
      return sum((payment?.adjustments ?? []).map(({ amountMinor }) => amountMinor))
    case 'error':
      return 0n
  }
}
