/**
 * The real routes behind the real middleware: every address of the portal, asked for by every kind of person, and judged
 * from outside by status and place.
 */
import { beforeAll, expect, test } from 'vitest'
import { encodeId, newId, type PersonId } from '#app/books/ids.ts'
import { grantBuyerRights, makeStaff } from '#app/parties/people.server.ts'
import { type Access, POLICY } from '#app/parties/policy.ts'
import { enrolTotp } from '#app/parties/second-factor.server.ts'
import { sessionOf } from '#app/parties/session.server.ts'
import { giveSecondFactor, signInWithPassword } from '#app/parties/sign-in.server.ts'
import { totpCode, totpStep } from '#app/parties/totp.ts'
import { db } from '#app/platform/db.server.ts'
import { createSupplier } from '#test/support/books.ts'
import { openPortal, type Portal } from '#test/support/portal.ts'
import { routePatterns } from '#test/support/route-patterns.ts'
import { freshAddress, makeCustomer, makePerson, PASSWORD, requestWith } from './people.ts'

let portal: Portal
let own: string
let foreign: string
const cookies: Record<'payer' | 'viewer' | 'clerk' | 'manager', string[]> = {
  payer: [],
  viewer: [],
  clerk: [],
  manager: [],
}

async function signIn(email: string): Promise<string[]> {
  const answer = await signInWithPassword(
    { request: requestWith(), address: freshAddress() },
    email,
    PASSWORD,
  )
  if (!answer.ok) throw new Error(`signing in ended as ${answer.reason}`)
  return answer.cookies
}

async function buyer(customer: string, rights: Parameters<typeof grantBuyerRights>[2]): Promise<string[]> {
  const { id, email } = await makePerson()
  await grantBuyerRights(id, customer, rights)
  return signIn(email)
}

async function staff(role: 'clerk' | 'manager'): Promise<string[]> {
  const { id, email } = await makePerson()
  await makeStaff(id, role)
  return signInWithCode(id, email)
}

/** A buyer who has given a code too: every page of theirs is open. */
async function provenBuyer(
  customer: string,
  rights: Parameters<typeof grantBuyerRights>[2],
): Promise<string[]> {
  const { id, email } = await makePerson()
  await grantBuyerRights(id, customer, rights)
  return signInWithCode(id, email)
}

async function signInWithCode(id: PersonId, email: string): Promise<string[]> {
  const secret = await enrolTotp(id)
  const before = await signIn(email)
  const person = await sessionOf(requestWith(before))
  if (person === null) throw new Error('there is no session')
  const asker = { request: requestWith(before), address: freshAddress() }
  const answer = await giveSecondFactor(asker, person, totpCode(secret, totpStep(new Date())))
  if (!answer.ok) throw new Error('the code was refused')
  return answer.cookies
}

beforeAll(async () => {
  await createSupplier()
  own = await makeCustomer()
  foreign = await makeCustomer()
  cookies.payer = await provenBuyer(own, ['view', 'pay', 'dispute', 'plans', 'administer'])
  cookies.viewer = await buyer(own, ['view'])
  await buyer(foreign, ['view', 'pay'])
  cookies.clerk = await staff('clerk')
  cookies.manager = await staff('manager')

  portal = await openPortal()
}, 120_000)

/** An address of the pattern: the customer that is asked for, and ids of records that nobody has. */
function addressOf(pattern: string, customerId: string): string {
  return pattern.replace(/:(\w+)/g, (_, name: string) => {
    if (name === 'customerId') return encodeId('cst', customerId)
    const prefix = { invoiceId: 'inv', paymentId: 'pay', creditId: 'crm', personId: 'per' }[name]
    return prefix === undefined ? newId() : `${prefix}_${newId().replaceAll('-', '')}`
  })
}

async function ask(path: string, who: keyof typeof cookies | 'nobody', method = 'GET'): Promise<Response> {
  const body = method === 'POST' ? new URLSearchParams({ nothing: '' }) : null
  return portal.handle(requestWith(who === 'nobody' ? [] : cookies[who], path, { method, body }))
}

const rows = routePatterns().map(({ pattern }) => {
  const row = POLICY[pattern]
  if (row === undefined) throw new Error(`${pattern} has no row in the policy table`)
  return [pattern, row] as const
})
const place = (response: Response): string => response.headers.get('location') ?? ''
const isSentToSignIn = (response: Response): boolean =>
  response.status === 302 && place(response).startsWith('/sign-in')

function rowsOf(who: Access['who']): string[] {
  return rows.filter(([, { read }]) => read.who === who).map(([pattern]) => pattern)
}

test('nobody who is not signed in gets past the sign-in page, to read or to write', async () => {
  for (const [pattern, { read, write }] of rows) {
    const path = addressOf(pattern, own)
    const answer = await ask(path, 'nobody')
    if (['buyer', 'staff', 'person', 'session'].includes(read.who)) {
      expect.soft(isSentToSignIn(answer), `GET ${path}`).toBe(true)
      expect.soft(await answer.text(), `GET ${path}`).toBe('')
    } else expect.soft(answer.status, `GET ${path}`).toBeLessThan(500)
    if (write === undefined || ['public', 'machine', 'link'].includes(write.who)) continue
    expect.soft(isSentToSignIn(await ask(path, 'nobody', 'POST')), `POST ${path}`).toBe(true)
  }
})

test('the sign-in page brings back to the page that was asked for', async () => {
  const path = `/c/${encodeId('cst', own)}/invoices?state=open`
  expect(place(await ask(path, 'nobody'))).toBe(`/sign-in?next=${encodeURIComponent(path)}`)
})

test('no address of another customer answers anything but 404, the same as for a customer that nobody has', async () => {
  for (const pattern of rowsOf('buyer')) {
    for (const method of POLICY[pattern]?.write === undefined ? ['GET'] : ['GET', 'POST']) {
      const [theirs, unknown] = [addressOf(pattern, foreign), addressOf(pattern, newId())]
      const [a, b] = [await ask(theirs, 'payer', method), await ask(unknown, 'payer', method)]
      expect.soft(a.status, `${method} ${theirs}`).toBe(404)
      expect.soft(b.status, `${method} ${unknown}`).toBe(404)
      const [textOfA, textOfB] = [await a.text(), await b.text()]
      expect.soft(textOfA.length, `${method} ${pattern}`).toBe(textOfB.length)
      for (const word of await wordsOf(foreign)) expect.soft(textOfA, pattern).not.toContain(word)
    }
  }
})

async function wordsOf(customerId: string): Promise<string[]> {
  const { name, number } = await db.customer.findUniqueOrThrow({ where: { id: customerId } })
  return [name, `>${number}<`]
}

test('a page’s data and its files are kept as well as the page', async () => {
  for (const pattern of rowsOf('buyer')) {
    const path = `${addressOf(pattern, foreign)}.data`
    const answer = await ask(path, 'payer')
    expect.soft([200, 202, 404].includes(answer.status), path).toBe(true)
    const text = await answer.text()
    for (const word of await wordsOf(foreign)) expect.soft(text, path).not.toContain(word)
    expect.soft(text, path).toContain('404')
  }
})

test('buyers get no staff page, staff no buyer page, and both are told that it does not exist', async () => {
  for (const pattern of rowsOf('staff'))
    for (const who of ['payer', 'viewer'] as const)
      expect.soft((await ask(addressOf(pattern, own), who)).status, `${who} ${pattern}`).toBe(404)
  for (const pattern of rowsOf('buyer'))
    for (const who of ['clerk', 'manager'] as const)
      expect.soft((await ask(addressOf(pattern, own), who)).status, `${who} ${pattern}`).toBe(404)
})

test('the own pages open, and are kept in no cache', async () => {
  const home = await ask(`/c/${encodeId('cst', own)}`, 'viewer')
  expect(home.status).toBe(200)
  expect(home.headers.get('cache-control')).toBe('no-store')
  expect(await home.text()).toContain((await wordsOf(own))[0])
  for (const pattern of [
    ...rowsOf('buyer').map((p) => [p, 'payer'] as const),
    ...rowsOf('staff').map((p) => [p, 'manager'] as const),
  ]) {
    const answer = await ask(addressOf(pattern[0], own), pattern[1])
    expect.soft(answer.status, pattern[0]).toBeLessThan(500)
    expect.soft(isSentToSignIn(answer), pattern[0]).toBe(false)
  }
})

test('who may only view is told so when they try to pay', async () => {
  const paying = rows.flatMap(([pattern, { read, write }]) =>
    [read, write].some((access) => access?.who === 'buyer' && access.right === 'pay')
      ? [[pattern, read.who === 'buyer' && read.right === 'pay' ? 'GET' : 'POST'] as const]
      : [],
  )
  for (const [pattern, method] of paying)
    expect
      .soft((await ask(addressOf(pattern, own), 'viewer', method)).status, `${method} ${pattern}`)
      .toBe(403)
})

test('writing to a page that takes none is refused', async () => {
  for (const [pattern, { read, write }] of rows) {
    if (write !== undefined) continue
    const who = read.who === 'staff' ? 'manager' : 'payer'
    expect.soft((await ask(addressOf(pattern, own), who, 'POST')).status, pattern).toBe(405)
  }
})

test('an address that is no page answers 404, and a crooked customer id too', async () => {
  for (const path of [
    '/nowhere',
    '/c',
    '/c/1',
    `/c/${own}`,
    '/c/cst_',
    '/c/%2e%2e/staff',
    '/staff/nowhere/at/all',
  ])
    expect.soft((await ask(path, 'payer')).status, path).toBe(404)
})

test('denials are in the audit log', async () => {
  await ask(addressOf('/c/:customerId', foreign), 'payer')
  const entry = await db.audit.findFirst({ where: { action: 'access.denied' }, orderBy: { number: 'desc' } })
  expect(entry?.detail).toMatchObject({ decision: 'not-found', pattern: '/c/:customerId', method: 'GET' })
})
