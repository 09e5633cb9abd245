import { expect, test } from 'vitest'
import { signInWithPassword } from '#app/parties/sign-in.server.ts'
import { allowTry, waitSentence } from '#app/parties/sign-in-limits.server.ts'
import { db } from '#app/platform/db.server.ts'
import { freshAddress, makePerson, PASSWORD, requestWith } from './people.ts'

const signIn = (email: string, password: string, address: string) =>
  signInWithPassword({ request: requestWith(), address }, email, password)

test('after five wrong passwords from one network even the right one must wait there, and only there', async () => {
  const { email } = await makePerson()
  const attacker = freshAddress()
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, index) => signIn(email, `wrong password ${index}`, attacker)),
  )
  expect(answers.filter((answer) => !answer.ok && answer.reason === 'wrong')).toHaveLength(5)
  const limited = answers.filter((answer) => !answer.ok && answer.reason === 'wait')
  expect(limited).toHaveLength(3)
  expect(await signIn(email, PASSWORD, attacker)).toMatchObject({ ok: false, reason: 'wait' })
  expect(await signIn(email, PASSWORD, freshAddress())).toMatchObject({ ok: true })
})

test('the limit says how long to wait, within five minutes', async () => {
  const address = freshAddress()
  for (let index = 0; index < 5; index += 1) await allowTry('password', 'slow@limits.example', address)
  const refused = await allowTry('password', 'SLOW@limits.example ', address)
  if (refused.ok) throw new Error('the sixth try was let through')
  expect(refused.retryAfterSeconds).toBeGreaterThan(0)
  expect(refused.retryAfterSeconds).toBeLessThanOrEqual(300)
  expect(waitSentence(42)).toBe('Too many tries. Wait 42 seconds, then try again.')
  expect(waitSentence(240)).toBe('Too many tries. Wait 4 minutes, then try again.')
})

test('a success takes its count back, so that signing in often is no offence', async () => {
  const { email } = await makePerson()
  const address = freshAddress()
  for (let index = 0; index < 8; index += 1)
    expect(await signIn(email, PASSWORD, address)).toMatchObject({ ok: true })
})

test('addresses of one IPv6 network count together', async () => {
  const account = 'six@limits.example'
  for (let index = 1; index <= 5; index += 1) await allowTry('password', account, `2001:db8:7:7::${index}`)
  expect(await allowTry('password', account, '2001:db8:7:7:ffff::1')).toMatchObject({ ok: false })
  expect(await allowTry('password', account, '2001:db8:7:8::1')).toMatchObject({ ok: true })
})

test('guessing one account from many networks is stopped, but not where its owner has signed in before', async () => {
  const { email } = await makePerson()
  const home = freshAddress()
  expect(await signIn(email, PASSWORD, home)).toMatchObject({ ok: true })
  for (let index = 0; index < 61; index += 1) await allowTry('password', email, freshAddress())
  expect(await allowTry('password', email, freshAddress())).toMatchObject({ ok: false })
  expect(await signIn(email, PASSWORD, home)).toMatchObject({ ok: true })
})

test('trying one password on many accounts from one network is stopped', async () => {
  const address = freshAddress()
  const tries = []
  for (let index = 0; index < 51; index += 1)
    tries.push(await allowTry('password', `victim${index}@limits.example`, address))
  expect(tries.filter(({ ok }) => ok)).toHaveLength(50)
})

test('the counters hold no address of a person', async () => {
  await allowTry('link', 'private@limits.example', freshAddress())
  const rows = await db.rateLimit.findMany()
  expect(rows.length).toBeGreaterThan(0)
  expect(JSON.stringify(rows.map(({ key }) => key))).not.toContain('limits.example')
})
