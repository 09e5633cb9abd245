import { newId, type PersonId } from '#app/books/ids.ts'
import { SESSION_COOKIE } from '#app/parties/auth.server.ts'
import { openMailedLink } from '#app/parties/mail-sign-in-link.server.ts'
import { createPerson } from '#app/parties/people.server.ts'
import { db } from '#app/platform/db.server.ts'

/** A password that every rule takes. */
export const PASSWORD = 'gorge ladder violin 88'

let made = 0

/** A person with an address of their own. */
export async function makePerson(
  password: string | undefined = PASSWORD,
): Promise<{ id: PersonId; email: string }> {
  made += 1
  const email = `person${made}@buyers.example`
  const id = await createPerson({
    name: `Person ${made}`,
    email,
    ...(password === undefined ? {} : { password }),
  })
  return { id, email }
}

/** A customer without anything on its account. */
export async function makeCustomer(requiresTotp = false): Promise<string> {
  made += 1
  const id = newId()
  await db.customer.create({
    data: {
      id,
      number: `C-${made}`,
      name: `Customer ${made}`,
      addressLines: [],
      source: 'test',
      externalId: String(made),
      requiresTotp,
      createdAt: new Date(),
    },
  })
  return id
}

/** A request as a browser would send it, with the session cookie of earlier answers. */
export function requestWith(cookies: readonly string[] = [], path = '/', init: RequestInit = {}): Request {
  const headers = new Headers(init.headers)
  const pairs = cookies.map((cookie) => cookie.split(';')[0] ?? '').filter((pair) => !pair.endsWith('='))
  if (pairs.length > 0) headers.set('cookie', pairs.join('; '))
  headers.set('user-agent', 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0')
  return new Request(`http://localhost:3000${path}`, { ...init, headers })
}

/** The token that a browser holds. */
export function tokenIn(cookies: readonly string[]): string {
  const cookie = cookies.find((text) => text.startsWith(`${SESSION_COOKIE}=`))
  return decodeURIComponent(cookie?.split(';')[0]?.split('=').slice(1).join('=') ?? '').split('.')[0] ?? ''
}

let networks = 0

/** An address that nobody has used in this file: limits count per network. */
export function freshAddress(): string {
  networks += 1
  return `198.51.${Math.floor(networks / 250)}.${(networks % 250) + 1}`
}

/** The sign-in link of a letter in the outbox. */
export function linkIn(mail: { id: string; parameters: unknown }): string {
  const { sealedLink } = mail.parameters as { sealedLink?: string }
  return openMailedLink(mail.id, String(sealedLink))
}
