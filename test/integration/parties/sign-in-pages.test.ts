/** The sign-in pages as a browser without JavaScript sees them: forms, redirects, cookies. */
import { beforeAll, expect, test } from 'vitest'
import { encodeId } from '#app/books/ids.ts'
import { disablePerson, grantBuyerRights, makeStaff } from '#app/parties/people.server.ts'
import { beginEnrolment } from '#app/parties/second-factor.server.ts'
import { totpCode, totpStep } from '#app/parties/totp.ts'
import { db } from '#app/platform/db.server.ts'
import { createSupplier } from '#test/support/books.ts'
import { openPortal, type Portal } from '#test/support/portal.ts'
import { freshAddress, linkIn, makeCustomer, makePerson, PASSWORD, requestWith } from './people.ts'

let portal: Portal

beforeAll(async () => {
  await createSupplier()
  portal = await openPortal()
}, 120_000)

const get = (path: string, cookies: readonly string[] = []) => portal.handle(requestWith(cookies, path))
const post = (
  path: string,
  fields: Record<string, string>,
  cookies: readonly string[] = [],
  address = freshAddress(),
) => portal.handle(requestWith(cookies, path, { method: 'POST', body: new URLSearchParams(fields) }), address)

const place = (response: Response): string | null => response.headers.get('location')
/** The visible page: what differs between any two answers (stream ids, scripts) is left out. */
async function pageOf(response: Response): Promise<string> {
  const html = await response.text()
  return html.replace(/<script[\s\S]*?<\/script>/g, '')
}

test('a sign-in goes to the page that was asked for, else to the first page', async () => {
  const { id, email } = await makePerson()
  const customer = await makeCustomer()
  await grantBuyerRights(id, customer, ['view'])
  const home = `/c/${encodeId('cst', customer)}`
  const answer = await post('/sign-in', {
    email: ` ${email.toUpperCase()} `,
    password: PASSWORD,
    next: `${home}/invoices`,
  })
  expect(answer.status).toBe(302)
  expect(place(answer)).toBe(`${home}/invoices`)
  const plain = await post('/sign-in', { email, password: PASSWORD })
  expect(place(plain)).toBe('/customers')
  expect(place(await get('/customers', plain.headers.getSetCookie()))).toBe(home)
})

test.each(['https://evil.example/', '//evil.example', '/\\evil.example', '/sign-out', 'javascript:alert(1)'])(
  'a sign-in does not lead to %s',
  async (next) => {
    const { email } = await makePerson()
    expect(place(await post('/sign-in', { email, password: PASSWORD, next }))).toBe('/customers')
    const page = await pageOf(await get(`/sign-in?next=${encodeURIComponent(next)}`))
    expect(page).not.toMatch(/name="next"|href="[^"]*evil/)
  },
)

test('unknown, wrong and disabled get the same page, which keeps the address that was typed', async () => {
  const known = await makePerson()
  const disabled = await makePerson()
  await disablePerson(disabled.id)
  const pages = []
  for (const email of [known.email, disabled.email, 'nobody9@buyers.example']) {
    const password = email === disabled.email ? PASSWORD : 'another password'
    const answer = await post('/sign-in', { email, password })
    expect(answer.status).toBe(401)
    expect(answer.headers.getSetCookie()).toEqual([])
    const page = await pageOf(answer)
    expect(page).toContain(`value="${email}"`)
    expect(page).not.toContain(password)
    expect(page).toContain('<title>Error: Sign in</title>')
    expect(page).toContain('There is a problem')
    pages.push(page.replaceAll(email, 'ADDRESS'))
  }
  expect(pages[1]).toBe(pages[0])
  expect(pages[2]).toBe(pages[0])
})

test('an empty form names each field, in words, and points at it', async () => {
  const answer = await post('/sign-in', {})
  expect(answer.status).toBe(400)
  const page = await pageOf(answer)
  for (const text of [
    'Enter your e-mail address.',
    'Enter your password.',
    'href="#email"',
    'href="#password"',
  ])
    expect(page).toContain(text)
  expect(await pageOf(await post('/sign-in', { email: 'no address', password: 'x' }))).toContain(
    'name@example.com',
  )
})

test('too many tries are answered with how long to wait', async () => {
  const { email } = await makePerson()
  const address = freshAddress()
  for (let index = 0; index < 5; index += 1)
    await post('/sign-in', { email, password: 'wrong wrong wrong' }, [], address)
  const answer = await post('/sign-in', { email, password: PASSWORD }, [], address)
  expect(answer.status).toBe(429)
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  const page = await pageOf(answer)
  expect(page).toMatch(/Too many tries\. Wait \d+ (minutes|seconds), then try again\./)
  expect(page).toContain(`value="${email}"`)
})

test('opening a mailed link changes nothing; its button signs in, once', async () => {
  const { email } = await makePerson()
  const asked = await post('/sign-in/link', { email, next: '/sessions' })
  expect(place(asked)).toBe('/sign-in/link?sent&next=%2Fsessions')
  expect(await pageOf(await get(place(asked) ?? ''))).toContain('If the address belongs to an account')
  const mail = await db.mailOutbox.findFirstOrThrow({ where: { recipient: email } })
  const link = new URL(linkIn(mail))
  for (let scan = 0; scan < 3; scan += 1) {
    const page = await get(link.pathname + link.search)
    expect(page.status).toBe(200)
    expect(page.headers.getSetCookie()).toEqual([])
  }
  const fields = { token: link.searchParams.get('token') ?? '', next: '/sessions' }
  const opened = await post(link.pathname, fields)
  expect(place(opened)).toBe('/sessions')
  expect((await get('/sessions', opened.headers.getSetCookie())).status).toBe(200)
  const again = await post(link.pathname, fields)
  expect(again.status).toBe(401)
  expect(await pageOf(again)).toContain('used already or is older than ten minutes')
})

test('asking for a link gives the same page for an unknown address', async () => {
  const { email } = await makePerson()
  const [a, b] = [
    await post('/sign-in/link', { email }),
    await post('/sign-in/link', { email: 'nobody8@buyers.example' }),
  ]
  expect([a.status, place(a)]).toEqual([302, '/sign-in/link?sent'])
  expect([b.status, place(b)]).toEqual([302, '/sign-in/link?sent'])
})

test('staff set up their app, keep backup codes that are shown once, and come in', async () => {
  const { id, email } = await makePerson()
  await makeStaff(id, 'clerk')
  const before = (
    await post('/sign-in', { email, password: PASSWORD, next: '/sessions' })
  ).headers.getSetCookie()
  expect(place(await get('/sessions', before))).toBe('/sign-in/enrol?next=%2Fsessions')
  const setup = await pageOf(await get('/sign-in/enrol?next=%2Fsessions', before))
  const { id: sessionId } = await db.session.findFirstOrThrow({ where: { personId: id } })
  const secret = (await beginEnrolment({ personId: id, sessionId }, new Date())) ?? ''
  expect(setup.replace(/ /g, '')).toContain(secret)
  expect(setup).toContain('aria-label="QR code for your app"')
  const wrong = await post('/sign-in/enrol', { code: '12345' }, before)
  expect(wrong.status).toBe(401)
  expect(await pageOf(wrong)).toContain('<title>Error: Set up your authenticator app</title>')

  const code = totpCode(secret, totpStep(new Date()))
  const done = await post('/sign-in/enrol', { code, next: '/sessions' }, before)
  expect(done.status).toBe(200)
  const page = await pageOf(done)
  expect(page.match(/<code>[a-z0-9]{5}-[a-z0-9]{5}<\/code>/g)).toHaveLength(10)
  const after = done.headers.getSetCookie()
  expect((await get('/sessions', after)).status).toBe(200)
  expect(await pageOf(await get('/sign-in/enrol', after))).not.toMatch(/[a-z0-9]{5}-[a-z0-9]{5}<\/code>/)

  const backup = /<code>([a-z0-9]{5}-[a-z0-9]{5})<\/code>/.exec(page)?.[1] ?? ''
  const next = (await post('/sign-in', { email, password: PASSWORD })).headers.getSetCookie()
  expect(place(await get('/customers', next))).toBe('/sign-in/code?next=%2Fcustomers')
  const given = await post('/sign-in/code', { code: backup, next: '/customers' }, next)
  expect(place(given)).toBe('/customers')
  expect(place(await get('/customers', given.headers.getSetCookie()))).toBe('/staff')
})

test('signing out is a post, ends the session and clears the browser', async () => {
  const { email } = await makePerson()
  const cookies = (await post('/sign-in', { email, password: PASSWORD })).headers.getSetCookie()
  expect(place(await get('/sign-out', cookies))).toBe('/')
  expect((await get('/sessions', cookies)).status).toBe(200)
  const out = await post('/sign-out', {}, cookies)
  expect(out.headers.get('clear-site-data')).toContain('"cache"')
  expect(place(await get('/sessions', cookies))).toBe('/sign-in?next=%2Fsessions')
})

test('a person sees where they are signed in and ends the other sessions', async () => {
  const { email } = await makePerson()
  const stranger = await makePerson()
  const here = (await post('/sign-in', { email, password: PASSWORD })).headers.getSetCookie()
  const there = (await post('/sign-in', { email, password: PASSWORD })).headers.getSetCookie()
  const theirs = (
    await post('/sign-in', { email: stranger.email, password: PASSWORD })
  ).headers.getSetCookie()
  const [foreign] = await db.session.findMany({ where: { personId: stranger.id } })
  expect((await post('/sessions', { session: foreign?.id ?? '' }, here)).status).toBe(404)
  expect((await post('/sessions', { session: 'nonsense' }, here)).status).toBe(404)
  expect(await pageOf(await get('/sessions', here))).toContain('Firefox on Linux')
  await post('/sessions', { act: 'others' }, here)
  expect((await get('/sessions', here)).status).toBe(200)
  expect((await get('/sessions', there)).status).toBe(302)
  expect((await get('/sessions', theirs)).status).toBe(200)
})

test('the demo’s stand-in for a phone says that it is one', async () => {
  const page = await pageOf(await get('/demo/authenticator'))
  expect(page).toContain('This page exists in the demo only')
})
