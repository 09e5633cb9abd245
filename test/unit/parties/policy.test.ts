import { describe, expect, test } from 'vitest'
import { asId, newId } from '#app/books/ids.ts'
import { type Access, decide, POLICY } from '#app/parties/policy.ts'
import type { CurrentPerson, Right } from '#app/parties/rights.ts'
import { routePatterns } from '#test/support/route-patterns.ts'

const NOW = new Date('2026-11-24T12:00:00Z')
const own = newId<'cst'>()
const foreign = newId<'cst'>()

function personWith(overrides: Partial<CurrentPerson> = {}): CurrentPerson {
  return {
    id: newId(),
    sessionId: newId(),
    name: 'Ines Vantour',
    email: 'ines@vantour.example',
    staffRole: null,
    customers: [],
    hasTotp: false,
    secondFactorAt: null,
    ...overrides,
  }
}

const buyerWith = (...rights: Right[]): CurrentPerson =>
  personWith({
    customers: [{ id: own, name: 'Own', number: 'C-1', rights: ['view', ...rights], requiresTotp: false }],
  })
const clerk = personWith({ staffRole: 'clerk', hasTotp: true, secondFactorAt: NOW })
const manager = personWith({ staffRole: 'manager', hasTotp: true, secondFactorAt: NOW })

const ask = (pattern: string, person: CurrentPerson | null, customerId = asId<'cst'>(own), method = 'GET') =>
  decide({ pattern, method, person, customerId, isDemo: true, at: NOW })

describe('the policy table', () => {
  test('has a row for every route, and no row for what is no route', () => {
    const patterns = new Set(routePatterns().map(({ pattern }) => pattern))
    expect(patterns.size).toBeGreaterThan(10)
    expect([...patterns].filter((pattern) => !Object.hasOwn(POLICY, pattern))).toEqual([])
    expect(Object.keys(POLICY).filter((pattern) => !patterns.has(pattern))).toEqual([])
  })

  test('names the customer in the address of every page that belongs to one', () => {
    for (const [pattern, { read, write }] of Object.entries(POLICY))
      for (const access of [read, write])
        if (access?.who === 'buyer') expect(pattern).toContain(':customerId')
  })

  test('refuses what has no row, whoever asks', () => {
    for (const person of [null, buyerWith('administer'), manager])
      for (const pattern of ['/nowhere', '', 'toString', '__proto__', '/c/:customerId/'])
        expect(ask(pattern, person)).toBe('not-found')
  })

  test('refuses to write where only reading is named', () => {
    for (const [pattern, row] of Object.entries(POLICY)) {
      if (row.write !== undefined) continue
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
        expect(ask(pattern, manager, own, method)).toBe('method-not-allowed')
    }
  })
})

const rowsOf = (who: Access['who']): [string, Access][] =>
  Object.entries(POLICY).flatMap(([pattern, { read }]) => (read.who === who ? [[pattern, read]] : []))

describe('each role', () => {
  test.each(rowsOf('buyer'))('%s is for buyers of that customer only', (pattern, access) => {
    if (access.who !== 'buyer') throw new Error('not a buyer row')
    const some = buyerWith('pay', 'dispute', 'plans', 'administer')
    const all = { ...some, hasTotp: true, secondFactorAt: NOW }
    expect(ask(pattern, null)).toBe('sign-in')
    expect(ask(pattern, all)).toBe('allow')
    expect(ask(pattern, some)).toBe(access.proven ? 'second-factor' : 'allow')
    expect(ask(pattern, all, foreign)).toBe('not-found')
    expect(decide({ pattern, method: 'GET', person: all, customerId: null, isDemo: true, at: NOW })).toBe(
      'not-found',
    )
    expect(ask(pattern, buyerWith())).toBe(access.right === 'view' ? 'allow' : 'forbidden')
    expect(ask(pattern, clerk)).toBe('not-found')
    expect(ask(pattern, manager)).toBe('not-found')
  })

  test.each(rowsOf('staff'))('%s is for staff only', (pattern, access) => {
    if (access.who !== 'staff') throw new Error('not a staff row')
    expect(ask(pattern, null)).toBe('sign-in')
    expect(ask(pattern, buyerWith('administer'))).toBe('not-found')
    expect(ask(pattern, clerk)).toBe(access.role === 'clerk' ? 'allow' : 'forbidden')
    expect(ask(pattern, manager)).toBe('allow')
    expect(ask(pattern, { ...manager, secondFactorAt: null })).toBe('second-factor')
    expect(ask(pattern, { ...manager, hasTotp: false, secondFactorAt: null })).toBe('second-factor')
  })

  test('a customer that demands a code closes every page of its buyers until one is given', () => {
    const [customer] = buyerWith('pay').customers
    if (customer === undefined) throw new Error('no customer')
    const strict = personWith({ customers: [{ ...customer, requiresTotp: true }], hasTotp: true })
    for (const [pattern] of rowsOf('buyer')) {
      expect(ask(pattern, strict)).toBe('second-factor')
      expect(ask(pattern, { ...strict, secondFactorAt: NOW })).toBe('allow')
    }
    for (const [pattern] of rowsOf('session')) expect(ask(pattern, strict)).toBe('allow')
  })

  test('demo pages exist in the demo only', () => {
    for (const [pattern] of rowsOf('demo'))
      for (const person of [null, manager]) {
        expect(decide({ pattern, method: 'GET', person, customerId: null, isDemo: true, at: NOW })).toBe(
          'allow',
        )
        expect(decide({ pattern, method: 'GET', person, customerId: null, isDemo: false, at: NOW })).toBe(
          'not-found',
        )
      }
  })
})

const MINUTE_MS = 60_000
const ago = (ms: number): Date => new Date(NOW.getTime() - ms)
const payer = { ...buyerWith('pay'), hasTotp: true }
const freshRows = Object.entries(POLICY).filter(([, row]) => row.fresh !== undefined)

/** Presses a button of a page that needs a fresh code, as whoever may press it. */
function press(pattern: string, who: Partial<CurrentPerson>, act?: string) {
  const row = POLICY[pattern]
  const person = { ...(row?.write?.who === 'staff' ? manager : payer), ...who }
  const named = row?.fresh === 'always' ? undefined : (act ?? row?.fresh?.[0])
  return decide({
    pattern,
    method: 'POST',
    person,
    customerId: own,
    isDemo: true,
    at: NOW,
    act: named ?? null,
  })
}

describe('what needs a code of the last five minutes', () => {
  test('is what changes where money comes from or goes to', () => {
    expect(freshRows.map(([pattern]) => pattern).toSorted()).toEqual([
      '/c/:customerId/autopay/setup',
      '/c/:customerId/methods/:methodId',
      '/c/:customerId/methods/add',
      '/c/:customerId/methods/link/:linkId',
      '/staff/bank-links',
      '/staff/payments/:paymentId',
      '/staff/refunds',
      '/staff/settings/fees',
      '/staff/settings/payments',
    ])
    for (const [, row] of freshRows) expect(row.write).toBeDefined()
  })

  test.each(freshRows.map(([pattern]) => pattern))('%s: fresh, stale and never', (pattern) => {
    expect(press(pattern, { secondFactorAt: NOW })).toBe('allow')
    expect(press(pattern, { secondFactorAt: ago(5 * MINUTE_MS) })).toBe('allow')
    expect(press(pattern, { secondFactorAt: ago(5 * MINUTE_MS + 1) })).toBe('fresh-code')
    expect(press(pattern, { secondFactorAt: ago(11 * 60 * MINUTE_MS) })).toBe('fresh-code')
    expect(press(pattern, { secondFactorAt: null })).toBe('second-factor')
    expect(press(pattern, { secondFactorAt: null, hasTotp: false })).toBe('second-factor')
  })

  test('does not stop reading, nor an act beside it, nor tell more to whoever has no right', () => {
    const stale = { ...manager, secondFactorAt: ago(60 * MINUTE_MS) }
    expect(ask('/staff/settings/fees', stale)).toBe('allow')
    expect(press('/staff/refunds', stale, 'decline')).toBe('allow')
    expect(press('/staff/refunds', stale, 'approve')).toBe('fresh-code')
    expect(press('/staff/settings/fees', { ...stale, staffRole: 'clerk' })).toBe('forbidden')
    expect(press('/staff/settings/fees', { ...payer, secondFactorAt: ago(60 * MINUTE_MS) })).toBe('not-found')
  })
})
