import { expect, test } from 'vitest'
import { disablePerson } from '#app/parties/people.server.ts'
import { sessionOf } from '#app/parties/session.server.ts'
import { openSignInLink, requestSignInLink } from '#app/parties/sign-in.server.ts'
import { db } from '#app/platform/db.server.ts'
import { freshAddress, linkIn, makePerson, requestWith } from './people.ts'

const ask = (email: string, next: string | null = null) =>
  requestSignInLink({ request: requestWith(), address: freshAddress() }, email, next)
const open = (token: string, address = freshAddress()) =>
  openSignInLink({ request: requestWith(), address }, token)

async function mailedLink(email: string): Promise<URL> {
  const mail = await db.mailOutbox.findFirstOrThrow({
    where: { recipient: email },
    orderBy: { createdAt: 'desc' },
  })
  return new URL(linkIn(mail))
}

test('a link is mailed, with a job that sends it, and signs in once', async () => {
  const { id, email } = await makePerson()
  expect(await ask(email, '/c/cst_1?tab=open')).toEqual({ ok: true })
  const mail = await db.mailOutbox.findFirstOrThrow({ where: { recipient: email } })
  expect(mail).toMatchObject({ template: 'magic-link', parameters: { minutes: 10 } })
  const jobs = await db.$queryRaw<{ task: string }[]>`
    SELECT t.identifier AS task FROM graphile_worker._private_jobs j
    JOIN graphile_worker._private_tasks t ON t.id = j.task_id WHERE j.payload ->> 'mailId' = ${mail.id}`
  expect(jobs).toEqual([{ task: 'mail:deliver' }])

  const link = await mailedLink(email)
  expect(link.origin + link.pathname).toBe('http://localhost:3000/sign-in/link/open')
  expect(link.searchParams.get('next')).toBe('/c/cst_1?tab=open')
  const token = link.searchParams.get('token') ?? ''
  const stored = await db.verification.findMany()
  expect(JSON.stringify(stored)).not.toContain(token)
  expect(JSON.stringify(mail)).not.toContain(token)

  const answer = await open(token)
  if (!answer.ok) throw new Error(`the link ended as ${answer.reason}`)
  expect((await sessionOf(requestWith(answer.cookies)))?.id).toBe(id)
  expect(await open(token)).toEqual({ ok: false, reason: 'wrong' })
})

test('of ten openings at once one signs in', async () => {
  const { id, email } = await makePerson()
  await ask(email)
  const token = (await mailedLink(email)).searchParams.get('token') ?? ''
  const answers = await Promise.all(
    Array.from({ length: 10 }, () =>
      open(token).catch((error: unknown) => ({ ok: false as const, reason: String(error) })),
    ),
  )
  expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
  expect(await db.session.count({ where: { personId: id } })).toBe(1)
})

test('a link is good for ten minutes', async () => {
  const { email } = await makePerson()
  const before = Date.now()
  await ask(email)
  const token = (await mailedLink(email)).searchParams.get('token') ?? ''
  const [row] = await db.verification.findMany({ orderBy: { createdAt: 'desc' }, take: 1 })
  const minutes = ((row?.expiresAt.getTime() ?? 0) - before) / 60_000
  expect(minutes).toBeGreaterThan(9.9)
  expect(minutes).toBeLessThan(10.1)
  await db.verification.updateMany({ data: { expiresAt: new Date(Date.now() - 1000) } })
  expect(await open(token)).toEqual({ ok: false, reason: 'wrong' })
})

test('unknown and disabled addresses get the same answer in the same time, and no letter', async () => {
  const { email } = await makePerson()
  const disabled = await makePerson()
  await disablePerson(disabled.id)
  const times: number[] = []
  for (const address of [email, disabled.email, 'nobody@nowhere.example']) {
    const startedAt = performance.now()
    expect(await ask(address)).toEqual({ ok: true })
    times.push(performance.now() - startedAt)
  }
  // Each took the same fixed time, which is longer than the work behind any of them.
  expect(Math.min(...times)).toBeGreaterThanOrEqual(398)
  expect(
    await db.mailOutbox.count({ where: { recipient: { in: [disabled.email, 'nobody@nowhere.example'] } } }),
  ).toBe(0)
  expect(await db.person.count({ where: { email: 'nobody@nowhere.example' } })).toBe(0)
})

test('a link that was mailed before its owner was disabled opens nothing', async () => {
  const { id, email } = await makePerson()
  await ask(email)
  const token = (await mailedLink(email)).searchParams.get('token') ?? ''
  await disablePerson(id)
  expect(await open(token)).toEqual({ ok: false, reason: 'wrong' })
  expect(await db.session.count({ where: { personId: id } })).toBe(0)
})

test('a letter never leads to another site', async () => {
  const { email } = await makePerson()
  await ask(email, '//evil.example/')
  expect((await mailedLink(email)).searchParams.has('next')).toBe(false)
})

test('made-up tokens open nothing', async () => {
  for (const token of ['x', "' OR 1=1 --", 'a'.repeat(200)])
    expect(await open(token)).toEqual({ ok: false, reason: 'wrong' })
})
