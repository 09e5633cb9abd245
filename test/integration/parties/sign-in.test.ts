import { expect, test } from 'vitest'
import { disablePerson, grantBuyerRights, makeStaff, revokeBuyerRights } from '#app/parties/people.server.ts'
import { currentPerson } from '#app/parties/require.server.ts'
import { endSession, listSessions, sessionOf } from '#app/parties/session.server.ts'
import { type SignInAnswer, signInWithPassword, signOut } from '#app/parties/sign-in.server.ts'
import { tokenHash } from '#app/parties/token-hash.ts'
import { db } from '#app/platform/db.server.ts'
import { freshAddress, makeCustomer, makePerson, PASSWORD, requestWith, tokenIn } from './people.ts'

async function cookiesFor(email: string): Promise<string[]> {
  const answer = await signInWithPassword(
    { request: requestWith(), address: freshAddress() },
    email,
    PASSWORD,
  )
  if (!answer.ok) throw new Error(`signing in ended as ${answer.reason}`)
  return answer.cookies
}

const tryPassword = (email: string, password: string, address = freshAddress()): Promise<SignInAnswer> =>
  signInWithPassword({ request: requestWith(), address }, email, password)

test('the right password makes a session whose cookie scripts cannot read', async () => {
  const { id, email } = await makePerson()
  const cookies = await cookiesFor(email)
  expect(cookies).toHaveLength(1)
  expect(cookies[0]).toMatch(/^quittance=/)
  expect(cookies[0]).toMatch(/; HttpOnly/)
  expect(cookies[0]).toMatch(/; SameSite=Lax/)
  expect(cookies[0]).toMatch(/; Path=\//)
  expect((await currentPerson(requestWith(cookies)))?.id).toBe(id)
  const audited = await db.audit.findMany({ where: { actorId: id } })
  expect(audited.map(({ action }) => action)).toContain('sign-in.password')
})

test('the database holds a hash of the token, which does not sign in', async () => {
  const { id, email } = await makePerson()
  const token = tokenIn(await cookiesFor(email))
  expect(token.length).toBeGreaterThanOrEqual(43)
  const [row] = await db.session.findMany({ where: { personId: id } })
  expect(row?.token).toBe(tokenHash(token))
  expect(JSON.stringify(await db.$queryRaw`SELECT * FROM session`)).not.toContain(token)
  expect(await sessionOf(requestWith([`quittance=${row?.token}.signature`]))).toBeNull()
})

test('passwords are stored as argon2id, salted', async () => {
  const { id } = await makePerson()
  const other = await makePerson()
  const hashes = await db.credential.findMany({ where: { personId: { in: [id, other.id] } } })
  expect(hashes.map(({ password }) => password)).toEqual([
    expect.stringMatching(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/),
    expect.stringMatching(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/),
  ])
  expect(hashes[0]?.password).not.toBe(hashes[1]?.password)
})

test('an unknown address, a wrong password, no password and a disabled person get the same answer in the same time', async () => {
  const { email } = await makePerson()
  const disabled = await makePerson()
  await disablePerson(disabled.id)
  const linkOnly = await makePerson(undefined)
  await db.credential.deleteMany({ where: { personId: linkOnly.id } })
  const times: number[] = []
  for (const [address, password] of [
    ['nobody@nowhere.example', PASSWORD],
    [email, 'some other password'],
    [disabled.email, PASSWORD],
    [disabled.email, 'some other password'],
    [linkOnly.email, PASSWORD],
  ] as const) {
    const startedAt = performance.now()
    expect(await tryPassword(address, password)).toEqual({ ok: false, reason: 'wrong' })
    times.push(performance.now() - startedAt)
  }
  expect(await db.session.count({ where: { personId: { in: [disabled.id, linkOnly.id] } } })).toBe(0)
  // Each took the same fixed time, which is longer than the work behind any of them.
  expect(Math.min(...times)).toBeGreaterThanOrEqual(398)
})

test('a new sign-in gets a new token and ends the session that the browser came with', async () => {
  const { id, email } = await makePerson()
  const first = await cookiesFor(email)
  const again = await signInWithPassword(
    { request: requestWith(first), address: freshAddress() },
    email,
    PASSWORD,
  )
  if (!again.ok) throw new Error('the second sign-in failed')
  expect(tokenIn(again.cookies)).not.toBe(tokenIn(first))
  expect(await sessionOf(requestWith(first))).toBeNull()
  expect((await sessionOf(requestWith(again.cookies)))?.id).toBe(id)
})

test('a session ends after thirty minutes without use, and use keeps it', async () => {
  const { id, email } = await makePerson()
  const cookies = await cookiesFor(email)
  const usedAgo = (minutes: number) =>
    db.session.updateMany({
      where: { personId: id },
      data: { updatedAt: new Date(Date.now() - minutes * 60_000) },
    })
  await usedAgo(29)
  expect(await sessionOf(requestWith(cookies))).not.toBeNull()
  const [row] = await db.session.findMany({ where: { personId: id } })
  expect(Date.now() - (row?.updatedAt.getTime() ?? 0)).toBeLessThan(10_000)
  await usedAgo(31)
  expect(await sessionOf(requestWith(cookies))).toBeNull()
})

test('a session ends after twelve hours, however busy', async () => {
  const { id, email } = await makePerson()
  const cookies = await cookiesFor(email)
  const [row] = await db.session.findMany({ where: { personId: id } })
  const hours = ((row?.expiresAt.getTime() ?? 0) - (row?.createdAt.getTime() ?? 0)) / 3_600_000
  expect(hours).toBeCloseTo(12, 2)
  await db.session.updateMany({ where: { personId: id }, data: { expiresAt: new Date(Date.now() - 1) } })
  expect(await sessionOf(requestWith(cookies))).toBeNull()
})

test('a disabled person is out at the next request, even if a session is left', async () => {
  const { id, email } = await makePerson()
  const cookies = await cookiesFor(email)
  await db.person.update({ where: { id }, data: { disabledAt: new Date() } })
  expect(await sessionOf(requestWith(cookies))).toBeNull()
  await disablePerson(id)
  expect(await db.session.count({ where: { personId: id } })).toBe(0)
})

test('rights that are given, taken or raised act at the next request', async () => {
  const { id, email } = await makePerson()
  const customer = await makeCustomer()
  const cookies = await cookiesFor(email)
  const rightsNow = async () =>
    (await currentPerson(requestWith(cookies)))?.customers.map(({ rights }) => rights)
  expect(await rightsNow()).toEqual([])
  await grantBuyerRights(id, customer, ['view'])
  expect(await rightsNow()).toEqual([['view']])
  await grantBuyerRights(id, customer, ['view', 'pay', 'administer'])
  expect(await rightsNow()).toEqual([['view', 'pay', 'administer']])
  await revokeBuyerRights(id, customer)
  expect(await rightsNow()).toEqual([])
  await makeStaff(id, 'clerk')
  expect(await currentPerson(requestWith(cookies))).toBeNull()
})

test('signing out ends the session and takes the cookie away', async () => {
  const { id, email } = await makePerson()
  const cookies = await cookiesFor(email)
  const gone = await signOut({ request: requestWith(cookies), address: freshAddress() })
  expect(gone.find((cookie) => cookie.startsWith('quittance='))).toMatch(/Max-Age=0/)
  expect(await db.session.count({ where: { personId: id } })).toBe(0)
  expect(await sessionOf(requestWith(cookies))).toBeNull()
})

test('people end their own sessions, and nobody else’s', async () => {
  const { id, email } = await makePerson()
  const stranger = await makePerson()
  const here = await cookiesFor(email)
  const there = await cookiesFor(email)
  const sessions = await listSessions(id)
  expect(sessions).toHaveLength(2)
  const other = (await sessionOf(requestWith(there)))?.sessionId ?? ''
  expect(await endSession(stranger.id, other)).toBe(false)
  expect(await sessionOf(requestWith(there))).not.toBeNull()
  expect(await endSession(id, other)).toBe(true)
  expect(await sessionOf(requestWith(there))).toBeNull()
  expect(await sessionOf(requestWith(here))).not.toBeNull()
})
