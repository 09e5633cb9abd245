import { expect, test, vi } from 'vitest'
import { freshAddress, makePerson, PASSWORD, requestWith } from './people.ts'

test('behind https the cookie is bound to this host and never sent in clear', async () => {
  const { email } = await makePerson()
  vi.stubEnv('APP_ORIGIN', 'https://portal.example')
  vi.resetModules()
  const { signInWithPassword } = await import('#app/parties/sign-in.server.ts')
  const { sessionOf } = await import('#app/parties/session.server.ts')
  const { db } = await import('#app/platform/db.server.ts')
  const answer = await signInWithPassword(
    { request: requestWith(), address: freshAddress() },
    email,
    PASSWORD,
  )
  if (!answer.ok) throw new Error(`signing in ended as ${answer.reason}`)
  expect(answer.cookies).toHaveLength(1)
  const [cookie = ''] = answer.cookies
  expect(cookie).toMatch(/^__Host-quittance=/)
  for (const attribute of ['Secure', 'HttpOnly', 'SameSite=Lax', 'Path=/'])
    expect(cookie).toContain(attribute)
  expect(cookie).not.toContain('Domain')
  expect((await sessionOf(requestWith(answer.cookies)))?.email).toBe(email)
  await db.$disconnect()
})
