/** What changes where money comes from needs a code of the last five minutes; what was typed goes on once it is given. */
import { beforeAll, expect, test } from 'vitest'
import { encodeId, newId } from '#app/books/ids.ts'
import { FRESH_CODE_FIELD } from '#app/parties/fresh-code.ts'
import { grantBuyerRights, makeStaff } from '#app/parties/people.server.ts'
import { enrolTotp } from '#app/parties/second-factor.server.ts'
import { signInWithPassword } from '#app/parties/sign-in.server.ts'
import { totpCode, totpStep } from '#app/parties/totp.ts'
import { db } from '#app/platform/db.server.ts'
import { freshAddress, makePerson, PASSWORD, requestWith } from '#test/integration/parties/people.ts'
import { createSupplier } from '#test/support/books.ts'
import { createBuyer } from '#test/support/card-world.ts'
import { openPortal, type Portal } from '#test/support/portal.ts'
import { withoutScripts } from '#test/support/staff-portal.ts'

let portal: Portal
beforeAll(async () => {
  await createSupplier()
  portal = await openPortal()
}, 120_000)

const MINUTE_MS = 60_000

type Visitor = {
  readonly personId: string
  readonly secret: string
  cookies: readonly string[]
  post: (path: string, fields: Record<string, string> | URLSearchParams) => Promise<Response>
}

/** Somebody with an authenticator app, whose session carries a code that was given so many minutes ago; null: none. */
async function visitor(id: string, email: string, minutes: number | null): Promise<Visitor> {
  const secret = await enrolTotp(id)
  const asked = await signInWithPassword({ request: requestWith(), address: freshAddress() }, email, PASSWORD)
  if (!asked.ok) throw new Error(asked.reason)
  const secondFactorAt = minutes === null ? null : new Date(Date.now() - minutes * MINUTE_MS)
  await db.session.updateMany({ where: { personId: id }, data: { secondFactorAt } })
  const address = freshAddress()
  const self: Visitor = {
    personId: id,
    secret,
    cookies: asked.cookies,
    post: (path, fields) => {
      const body = fields instanceof URLSearchParams ? fields : new URLSearchParams(fields)
      return portal.handle(requestWith(self.cookies, path, { method: 'POST', body }), address)
    },
  }
  return self
}

async function manager(minutes: number | null): Promise<Visitor> {
  const { id, email } = await makePerson()
  await makeStaff(id, 'manager')
  return visitor(id, email, minutes)
}

async function payer(minutes: number | null) {
  const buyer = await createBuyer([])
  const { id, email } = await makePerson()
  await grantBuyerRights(id, buyer.customerId, ['view', 'pay'])
  const now = new Date()
  const methodId = newId<'met'>()
  await db.savedMethod.create({
    data: {
      ...{ id: methodId, customerId: buyer.customerId, providerMethodId: `pm_${methodId}`, kind: 'card' },
      ...{
        brand: 'visa',
        last4: '4242',
        expMonth: 12,
        expYear: 2040,
        funding: 'credit',
        state: 'active',
        origin: 'checkout',
      },
      ...{ createdAt: now, updatedAt: now },
    },
  })
  const base = `/c/${encodeId('cst', buyer.customerId)}`
  const isDefault = async () =>
    (await db.savedMethod.findUniqueOrThrow({ where: { id: methodId } })).isDefault
  const path = `${base}/methods/${encodeId('met', methodId)}`
  return Object.assign(await visitor(id, email, minutes), { path, isDefault })
}

const codeOf = ({ secret }: Visitor, steps = 0n): string => totpCode(secret, totpStep(new Date()) + steps)

/** The hidden fields of a page, as a browser would send them. */
function carried(page: string): URLSearchParams {
  const unescaped = (text = ''): string =>
    text.replaceAll('&quot;', '"').replaceAll('&#x27;', "'").replaceAll('&lt;', '<').replaceAll('&amp;', '&')
  const inputs = [...page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)]
  return new URLSearchParams(inputs.map(([, name, value]) => [unescaped(name), unescaped(value)]))
}

const FEES = '/staff/settings/payments'
const RULES = {
  currency: 'USD',
  minPartialMinor: '1.00',
  toleranceMinor: '0.37',
  secondApprovalMinor: '500.00',
}

test('a code of four minutes ago is enough', async () => {
  const buyer = await payer(4)
  const answer = await buyer.post(buyer.path, { act: 'default' })
  expect(answer.status).toBe(303)
  expect(await buyer.isDefault()).toBe(true)
})

test('an older one is asked for anew, the form is carried along, and goes on with the code, under a new session', async () => {
  const buyer = await payer(6)
  const stopped = await buyer.post(buyer.path, { act: 'default' })
  expect(stopped.status).toBe(403)
  const page = withoutScripts(await stopped.text())
  expect(page).toContain('<h1>Enter your code</h1>')
  expect(page).toContain(`action="${buyer.path}"`)
  expect(await buyer.isDefault()).toBe(false)

  const again = carried(page)
  expect([...again]).toEqual([['act', 'default']])
  again.set(FRESH_CODE_FIELD, codeOf(buyer))
  const done = await buyer.post(buyer.path, again)
  expect(done.status).toBe(303)
  expect(await buyer.isDefault()).toBe(true)
  const sessions = await db.session.findMany({ where: { personId: buyer.personId } })
  expect(sessions).toHaveLength(1)
  expect(Date.now() - (sessions[0]?.secondFactorAt?.getTime() ?? 0)).toBeLessThan(MINUTE_MS)
  expect((await buyer.post(buyer.path, { act: 'default' })).headers.get('location')).toContain('/sign-in')
  buyer.cookies = done.headers.getSetCookie()
  expect((await buyer.post(buyer.path, { act: 'default' })).status).toBe(303)
})

test('a wrong code, none, and one that was used change nothing, say so, and keep what was typed', async () => {
  const person = await manager(30)
  const before = await db.paymentPolicy.findUnique({ where: { currency: 'USD' } })
  const first = carried(await (await person.post(FEES, RULES)).text())
  expect(Object.fromEntries(first)).toEqual(RULES)
  const used = codeOf(person)
  await db.twoFactor.update({
    where: { personId: person.personId },
    data: { lastUsedStep: totpStep(new Date()) + 1n },
  })
  for (const [code, status, words] of [
    ['000000', 401, 'This code is not right'],
    ['', 403, 'Enter the code.'],
    [used, 401, 'it was used before'],
  ] as const) {
    const form = new URLSearchParams(first)
    form.set(FRESH_CODE_FIELD, code)
    const refused = await person.post(FEES, form)
    expect(refused.status).toBe(status)
    const page = await refused.text()
    expect(page).toContain(words)
    expect(Object.fromEntries(carried(page))).toEqual(RULES)
  }
  expect(await db.paymentPolicy.findUnique({ where: { currency: 'USD' } })).toEqual(before)
})

test('a form that is refused after the code comes back as it was typed, and needs no second code', async () => {
  const person = await manager(30)
  const form = new URLSearchParams({ ...RULES, toleranceMinor: 'a little' })
  form.set(FRESH_CODE_FIELD, codeOf(person))
  const refused = await person.post(FEES, form)
  expect(refused.status).toBe(400)
  expect(await refused.text()).toContain('value="a little"')
  person.cookies = refused.headers.getSetCookie()
  expect((await person.post(FEES, RULES)).status).toBe(303)
})

test('who never gave a code is asked for one before the page, and to set an app up before that', async () => {
  const staff = await manager(null)
  expect((await staff.post(FEES, RULES)).headers.get('location')).toMatch(/^\/sign-in\/code/)
  const buyer = await payer(null)
  expect((await buyer.post(buyer.path, { act: 'default' })).headers.get('location')).toMatch(
    /^\/sign-in\/code/,
  )
  await db.twoFactor.deleteMany({ where: { personId: buyer.personId } })
  expect((await buyer.post(buyer.path, { act: 'default' })).headers.get('location')).toMatch(
    /^\/sign-in\/enrol/,
  )
  expect(await buyer.isDefault()).toBe(false)
})

test('guessing is slowed here as at sign-in', async () => {
  const person = await manager(30)
  const guess = { ...RULES, [FRESH_CODE_FIELD]: '12345' }
  for (let index = 0; index < 5; index += 1) expect((await person.post(FEES, guess)).status).toBe(401)
  const answer = await person.post(FEES, guess)
  expect(answer.status).toBe(429)
  expect(await answer.text()).toContain('Too many tries.')
})

test('a refund is asked for and approved with a fresh code, and declined without', async () => {
  const person = await manager(30)
  const payment = `/staff/payments/${encodeId('pay', newId<'pay'>())}`
  const stopped = await person.post(payment, { act: 'refund', amount: '12.34' })
  expect(stopped.status).toBe(403)
  expect(Object.fromEntries(carried(await stopped.text()))).toEqual({ act: 'refund', amount: '12.34' })
  const refund = encodeId('rfd', newId<'rfd'>())
  expect((await person.post('/staff/refunds', { act: 'approve', refund })).status).toBe(403)
  const declined = await person.post('/staff/refunds', { act: 'decline', refund })
  expect(declined.status).not.toBe(403)
})
