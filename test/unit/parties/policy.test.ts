import { describe, expect, test } from 'vitest'
import { asId, newId } from '#app/books/ids.ts'
import { type Access, decide, POLICY } from '#app/parties/policy.ts'
import type { CurrentPerson, Right } from '#app/parties/rights.ts'
import { routePatterns } from '#test/support/route-patterns.ts'

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
    gaveSecondFactor: false,
    ...overrides,
  }
}

const buyerWith = (...rights: Right[]): CurrentPerson =>
  personWith({
    customers: [{ id: own, name: 'Own', number: 'C-1', rights: ['view', ...rights], requiresTotp: false }],
  })
const clerk = personWith({ staffRole: 'clerk', hasTotp: true, gaveSecondFactor: true })
const manager = personWith({ staffRole: 'manager', hasTotp: true, gaveSecondFactor: true })

const ask = (pattern: string, person: CurrentPerson | null, customerId = asId<'cst'>(own), method = 'GET') =>
  decide({ pattern, method, person, customerId, isDemo: true })

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
    const all = { ...some, hasTotp: true, gaveSecondFactor: true }
    expect(ask(pattern, null)).toBe('sign-in')
    expect(ask(pattern, all)).toBe('allow')
    expect(ask(pattern, some)).toBe(access.proven ? 'second-factor' : 'allow')
    expect(ask(pattern, all, foreign)).toBe('not-found')
    expect(decide({ pattern, method: 'GET', person: all, customerId: null, isDemo: true })).toBe('not-found')
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
    expect(ask(pattern, { ...manager, gaveSecondFactor: false })).toBe('second-factor')
    expect(ask(pattern, { ...manager, hasTotp: false, gaveSecondFactor: false })).toBe('second-factor')
  })

  test('a customer that demands a code closes every page of its buyers until one is given', () => {
    const [customer] = buyerWith('pay').customers
    if (customer === undefined) throw new Error('no customer')
    const strict = personWith({ customers: [{ ...customer, requiresTotp: true }], hasTotp: true })
    for (const [pattern] of rowsOf('buyer')) {
      expect(ask(pattern, strict)).toBe('second-factor')
      expect(ask(pattern, { ...strict, gaveSecondFactor: true })).toBe('allow')
    }
    for (const [pattern] of rowsOf('session')) expect(ask(pattern, strict)).toBe('allow')
  })

  test('demo pages exist in the demo only', () => {
    for (const [pattern] of rowsOf('demo'))
      for (const person of [null, manager]) {
        expect(decide({ pattern, method: 'GET', person, customerId: null, isDemo: true })).toBe('allow')
        expect(decide({ pattern, method: 'GET', person, customerId: null, isDemo: false })).toBe('not-found')
      }
  })
})
