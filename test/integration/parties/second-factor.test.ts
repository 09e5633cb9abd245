import { expect, test } from 'vitest'
import { grantBuyerRights, makeStaff } from '#app/parties/people.server.ts'
import { currentPerson, requirePerson } from '#app/parties/require.server.ts'
import type { CurrentPerson } from '#app/parties/rights.ts'
import { missingStep } from '#app/parties/rights.ts'
import { beginEnrolment, checkTotp, confirmEnrolment, enrolTotp } from '#app/parties/second-factor.server.ts'
import { sessionOf } from '#app/parties/session.server.ts'
import {
  enrolWithCode,
  giveSecondFactor,
  openSignInLink,
  requestSignInLink,
  signInWithPassword,
} from '#app/parties/sign-in.server.ts'
import { totpCode, totpStep } from '#app/parties/totp.ts'
import { db } from '#app/platform/db.server.ts'
import { freshAddress, linkIn, makeCustomer, makePerson, PASSWORD, requestWith, tokenIn } from './people.ts'

async function signIn(email: string): Promise<{ cookies: string[]; person: CurrentPerson }> {
  const answer = await signInWithPassword(
    { request: requestWith(), address: freshAddress() },
    email,
    PASSWORD,
  )
  if (!answer.ok) throw new Error(`signing in ended as ${answer.reason}`)
  const person = await sessionOf(requestWith(answer.cookies))
  if (person === null) throw new Error('there is no session')
  return { cookies: answer.cookies, person }
}

const asker = (cookies: readonly string[]) => ({ request: requestWith(cookies), address: freshAddress() })
const codeNow = (secret: string, steps = 0n) => totpCode(secret, totpStep(new Date()) + steps)

async function redirectOf(cookies: readonly string[], path: string): Promise<string | null> {
  try {
    await requirePerson(requestWith(cookies, path))
    return null
  } catch (thrown) {
    return thrown instanceof Response ? thrown.headers.get('location') : String(thrown)
  }
}

test('staff set up an app at their first sign-in, and are nobody until then', async () => {
  const { id, email } = await makePerson()
  await makeStaff(id, 'clerk')
  const { cookies, person } = await signIn(email)
  expect(missingStep(person)).toBe('enrol')
  expect(await currentPerson(requestWith(cookies))).toBeNull()
  expect(await redirectOf(cookies, '/staff?x=1')).toBe('/sign-in/enrol?next=%2Fstaff%3Fx%3D1')

  const enroller = { personId: id, sessionId: person.sessionId }
  const secret = (await beginEnrolment(enroller, new Date())) ?? ''
  expect(await beginEnrolment(enroller, new Date())).toBe(secret)
  expect(await enrolWithCode(asker(cookies), person, '000000')).toMatchObject({ ok: false, reason: 'wrong' })
  const enrolled = await enrolWithCode(asker(cookies), person, codeNow(secret))
  if (!enrolled.ok) throw new Error('the code was refused')
  expect(enrolled.backupCodes).toHaveLength(10)
  expect(tokenIn(enrolled.cookies)).not.toBe(tokenIn(cookies))
  expect(await sessionOf(requestWith(cookies))).toBeNull()
  expect((await currentPerson(requestWith(enrolled.cookies)))?.staffRole).toBe('clerk')
  expect(await beginEnrolment(enroller, new Date())).toBeNull()
  const row = await db.twoFactor.findUniqueOrThrow({ where: { personId: id } })
  expect(
    JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
  ).not.toContain(secret)
  for (const code of enrolled.backupCodes) expect(row.backupCodes).not.toContain(code)
})

test('a secret that a stranger with the password has seen is not the one that the owner enrols', async () => {
  const { id, email } = await makePerson()
  await makeStaff(id, 'clerk')
  const begin = (who: CurrentPerson) => beginEnrolment({ personId: id, sessionId: who.sessionId }, new Date())
  const stranger = await signIn(email)
  const owner = await signIn(email)
  const seen = (await begin(stranger.person)) ?? ''
  const shown = (await begin(owner.person)) ?? ''
  expect(shown).not.toBe(seen)
  expect(await enrolWithCode(asker(stranger.cookies), stranger.person, codeNow(seen))).toMatchObject({
    ok: false,
  })
  expect(await enrolWithCode(asker(stranger.cookies), stranger.person, codeNow(shown))).toMatchObject({
    ok: false,
  })
  expect(await enrolWithCode(asker(owner.cookies), owner.person, codeNow(shown))).toMatchObject({ ok: true })
  expect(await checkTotp(id, codeNow(seen, 1n), new Date())).toBe(false)
  expect(await checkTotp(id, codeNow(shown, 1n), new Date())).toBe(true)
})

test('a begun enrolment ends after ten minutes', async () => {
  const { id: personId, email } = await makePerson()
  await makeStaff(personId, 'clerk')
  const { sessionId } = (await signIn(email)).person
  const start = Date.now()
  const begin = (minutes: number) =>
    beginEnrolment({ personId, sessionId }, new Date(start + minutes * 60_000))
  const first = await begin(0)
  expect(await begin(10)).toBe(first)
  const at = new Date(start + 10 * 60_000 + 1)
  const late = totpCode(first ?? '', totpStep(at))
  expect(await confirmEnrolment({ personId, sessionId }, late, at)).toBeNull()
  expect(await begin(11)).not.toBe(first)
})

test('a code counts once, also when it is sent ten times at once', async () => {
  const { id, email } = await makePerson()
  await makeStaff(id, 'manager')
  const secret = await enrolTotp(id)
  const { cookies, person } = await signIn(email)
  const code = codeNow(secret)
  const answers = await Promise.all(Array.from({ length: 10 }, () => checkTotp(id, code, new Date())))
  expect(answers.filter(Boolean)).toHaveLength(1)
  expect(await giveSecondFactor(asker(cookies), person, code)).toEqual({ ok: false, reason: 'wrong' })
  const next = await giveSecondFactor(asker(cookies), person, codeNow(secret, 1n))
  expect(next.ok).toBe(true)
})

test('a backup code signs in once', async () => {
  const { id, email } = await makePerson()
  await makeStaff(id, 'clerk')
  const first = await signIn(email)
  const { sessionId } = first.person
  const secret = (await beginEnrolment({ personId: id, sessionId }, new Date())) ?? ''
  const enrolled = await enrolWithCode(asker(first.cookies), first.person, codeNow(secret))
  if (!enrolled.ok) throw new Error('the code was refused')
  const [code = ''] = enrolled.backupCodes
  for (const isFirst of [true, false]) {
    const { cookies, person } = await signIn(email)
    const answer = await giveSecondFactor(asker(cookies), person, code.toUpperCase().replace('-', ' '))
    expect(answer.ok).toBe(isFirst)
  }
})

test('a mailed link does not spare staff the code', async () => {
  const { id, email } = await makePerson()
  await makeStaff(id, 'clerk')
  await enrolTotp(id)
  await requestSignInLink({ request: requestWith(), address: freshAddress() }, email, null)
  const mail = await db.mailOutbox.findFirstOrThrow({ where: { recipient: email } })
  const link = new URL(linkIn(mail))
  const answer = await openSignInLink(asker([]), link.searchParams.get('token') ?? '')
  if (!answer.ok) throw new Error('the link was refused')
  expect(await currentPerson(requestWith(answer.cookies))).toBeNull()
  expect(await redirectOf(answer.cookies, '/staff')).toBe('/sign-in/code?next=%2Fstaff')
})

test('buyers need a code exactly while one of their customers demands it', async () => {
  const { id, email } = await makePerson()
  const relaxed = await makeCustomer(false)
  const strict = await makeCustomer(true)
  await grantBuyerRights(id, relaxed, ['view'])
  const { cookies } = await signIn(email)
  expect(await redirectOf(cookies, '/')).toBeNull()
  await grantBuyerRights(id, strict, ['view'])
  expect(await redirectOf(cookies, '/')).toMatch(/^\/sign-in\/enrol/)
  await db.customer.update({ where: { id: strict }, data: { requiresTotp: false } })
  expect(await redirectOf(cookies, '/')).toBeNull()
})

test('guessing codes is slowed after five tries', async () => {
  const { id, email } = await makePerson()
  await makeStaff(id, 'clerk')
  await enrolTotp(id)
  const { cookies, person } = await signIn(email)
  const here = asker(cookies)
  for (let index = 0; index < 5; index += 1)
    expect(await giveSecondFactor(here, person, '12345')).toEqual({ ok: false, reason: 'wrong' })
  expect(await giveSecondFactor(here, person, '12345')).toMatchObject({ ok: false, reason: 'wait' })
})

test('a stored secret is worthless in another row', async () => {
  const a = await makePerson()
  const b = await makePerson()
  const secret = await enrolTotp(a.id)
  await enrolTotp(b.id)
  const row = await db.twoFactor.findUniqueOrThrow({ where: { personId: a.id } })
  await db.twoFactor.update({ where: { personId: b.id }, data: { secret: row.secret } })
  await expect(checkTotp(b.id, codeNow(secret), new Date())).rejects.toThrow()
})
