import { encodeId, type PersonId } from '#app/books/ids.ts'
import { grantBuyerRights } from '#app/parties/people.server.ts'
import type { Right } from '#app/parties/rights.ts'
import { enrolTotp } from '#app/parties/second-factor.server.ts'
import { sessionOf } from '#app/parties/session.server.ts'
import { giveSecondFactor, signInWithPassword } from '#app/parties/sign-in.server.ts'
import { totpCode, totpStep } from '#app/parties/totp.ts'
import { freshAddress, makePerson, PASSWORD, requestWith } from '#test/integration/parties/people.ts'
import { type Buyer, createBuyer } from '#test/support/card-world.ts'
import type { Portal } from '#test/support/portal.ts'

/** A buyer with a browser without scripts, signed in with both factors. */
export type BuyerVisitor = Buyer & {
  readonly base: string
  get: (path: string) => Promise<Response>
  post: (path: string, fields: Record<string, string>) => Promise<Response>
}

/** Where the visitor's browser is, as the web server finds it. */
export const VISITOR_ADDRESS = '203.0.113.9'

/** Signs a new buyer in who has an open invoice of each amount. */
export async function buyerVisitor(
  portal: Portal,
  amounts: readonly bigint[],
  rights: readonly Right[] = ['view', 'pay'],
): Promise<BuyerVisitor> {
  const buyer = await createBuyer(amounts)
  const { id, email } = await makePerson()
  await grantBuyerRights(id, buyer.customerId, [...rights])
  const secret = await enrolTotp(id)
  const asked = await signInWithPassword({ request: requestWith(), address: freshAddress() }, email, PASSWORD)
  if (!asked.ok) throw new Error(asked.reason)
  const request = requestWith(asked.cookies)
  const person = await sessionOf(request)
  if (person === null) throw new Error('there is no session')
  const code = totpCode(secret, totpStep(new Date()))
  const given = await giveSecondFactor({ request, address: freshAddress() }, person, code)
  if (!given.ok) throw new Error('the code was refused')
  const base = `/c/${encodeId('cst', buyer.customerId)}`
  const send = (path: string, init: RequestInit) =>
    portal.handle(requestWith(given.cookies, path, init), VISITOR_ADDRESS)
  return {
    ...buyer,
    base,
    personId: id as PersonId,
    get: (path) => send(path, {}),
    post: (path, fields) => send(path, { method: 'POST', body: new URLSearchParams(fields) }),
  }
}
