/** The pages of paying as a browser without scripts meets them: real routes, real session, real sandbox. */
import { encodeId, type InvoiceId, type PersonId } from '#app/books/ids.ts'
import { SHOWN_TOTAL_FIELD } from '#app/components/cart/cart-form.tsx'
import { grantBuyerRights } from '#app/parties/people.server.ts'
import type { Right } from '#app/parties/rights.ts'
import { signInWithPassword } from '#app/parties/sign-in.server.ts'
import { amountField, CART_FIELDS, PAY_INTENT, seenField } from '#app/payments/cart/cart.ts'
import { freshAddress, makePerson, PASSWORD, requestWith } from '#test/integration/parties/people.ts'
import {
  type Buyer,
  type CardWorld,
  createBuyer,
  openCardWorld,
  WEBHOOK_SECRET,
} from '#test/support/card-world.ts'
import { openPortal, type Portal } from '#test/support/portal.ts'

export type SignedIn = Buyer & { base: string; cookies: string[] }
type Who = Pick<SignedIn, 'cookies'>

export type PayPages = {
  world: CardWorld
  portal: Portal
  signedInBuyer: (amounts: readonly bigint[], rights?: readonly Right[]) => Promise<SignedIn>
  get: (who: Who, path: string) => Promise<Response>
  html: (who: Who, path: string) => Promise<string>
  post: (who: Who, path: string, body: URLSearchParams) => Promise<Response>
  payPath: (buyer: SignedIn) => string
  /** The pay form as the page shows it, ready to be sent. */
  openForm: (buyer: SignedIn) => Promise<URLSearchParams>
  /** The form with other amounts; the button's sum goes along with them. */
  typing: (form: URLSearchParams, amounts: Readonly<Record<string, string>>) => URLSearchParams
  close: () => Promise<void>
}

/** Opens the portal on a card world of its own. */
export async function openPayPages(): Promise<PayPages> {
  const world = await openCardWorld()
  // The portal reads its settings when it is opened, after this.
  Object.assign(process.env, {
    STRIPE_SECRET_KEY: 'sk_test_sandbox',
    STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
    STRIPE_API_HOST: '127.0.0.1',
    STRIPE_API_PORT: String(world.sandbox.port),
    STRIPE_API_PROTOCOL: 'http',
  })
  const portal = await openPortal()
  const get = (who: Who, path: string) => portal.handle(requestWith(who.cookies, path))
  const html = async (who: Who, path: string) => (await get(who, path)).text()
  const payPath = ({ base, invoiceIds }: SignedIn): string =>
    `${base}/pay?${invoiceIds.map((id) => `pick=${encodeId('inv', id)}`).join('&')}`
  return {
    world,
    portal,
    signedInBuyer,
    get,
    html,
    post: (who, path, body) => portal.handle(requestWith(who.cookies, path, { method: 'POST', body })),
    payPath,
    openForm: async (buyer) => readForm(await html(buyer, payPath(buyer)), buyer.invoiceIds),
    typing,
    close: () => world.stop(),
  }
}

async function signedInBuyer(
  amounts: readonly bigint[],
  rights: readonly Right[] = ['view', 'pay'],
): Promise<SignedIn> {
  const buyer = await createBuyer(amounts)
  const { id, email } = await makePerson()
  await grantBuyerRights(id, buyer.customerId, [...rights])
  const answer = await signInWithPassword(
    { request: requestWith(), address: freshAddress() },
    email,
    PASSWORD,
  )
  if (!answer.ok) throw new Error(answer.reason)
  const base = `/c/${encodeId('cst', buyer.customerId)}`
  return { ...buyer, personId: id as PersonId, base, cookies: answer.cookies }
}

/** The pay form of a page over these invoices, ready to be sent. */
export function readForm(html: string, invoiceIds: readonly InvoiceId[]): URLSearchParams {
  const value = (name: string): string =>
    new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ??
    new RegExp(`name="${name}"[^>]*value="([^"]*)"`).exec(html)?.[1] ??
    ''
  const form = new URLSearchParams()
  for (const name of [CART_FIELDS.paymentId, CART_FIELDS.currency, SHOWN_TOTAL_FIELD])
    form.set(name, value(name))
  for (const id of invoiceIds) {
    form.append(CART_FIELDS.invoice, encodeId('inv', id))
    for (const name of [amountField(id), seenField(id)]) form.set(name, value(name))
  }
  form.set(CART_FIELDS.intent, PAY_INTENT)
  return form
}

function typing(form: URLSearchParams, amounts: Readonly<Record<string, string>>): URLSearchParams {
  const typed = new URLSearchParams(form)
  for (const [name, amount] of Object.entries(amounts)) typed.set(name, amount)
  const cents = [...typed]
    .filter(([name]) => name.startsWith('amount-'))
    .map(([, text]) => Math.round(Number(text) * 100))
  typed.set(SHOWN_TOTAL_FIELD, String(cents.reduce((sum, each) => sum + each, 0)))
  return typed
}
