import { Configuration, CountryCode, type LinkTokenCreateRequest, PlaidApi, Products } from 'plaid'
import { z } from 'zod'
import { PLAID_CLIENT_ID, PLAID_SECRET } from '#scripts/sandbox/plaid/api/plaid-keys.ts'
import type { SandboxProcess } from '#test/support/sandbox.ts'

/** The keys that the local sandbox lets in. */
export const PLAID_KEYS = { clientId: PLAID_CLIENT_ID, secret: PLAID_SECRET }

/** The real SDK, pointed at a sandbox. */
export function plaidFor(sandbox: SandboxProcess, keys = PLAID_KEYS): PlaidApi {
  const headers = { 'PLAID-CLIENT-ID': keys.clientId, 'PLAID-SECRET': keys.secret }
  const configuration = new Configuration({
    basePath: `${sandbox.url}/plaid`,
    baseOptions: { timeout: 10_000, headers },
  })
  return new PlaidApi(configuration)
}

/** A complete valid request for a hosted link, with overrides. */
export function linkParams(overrides: Partial<LinkTokenCreateRequest> = {}): LinkTokenCreateRequest {
  return {
    client_name: 'Larkmoor Packaging',
    language: 'en',
    country_codes: [CountryCode.Us],
    user: { client_user_id: 'cst_1', legal_name: 'Quillhaven Coffee Roasters' },
    products: [Products.Auth],
    auth: { automated_microdeposits_enabled: true },
    hosted_link: { completion_redirect_uri: 'http://localhost:3000/banks/back?link=1' },
    ...overrides,
  }
}

/** What a login at the hosted page ends in, as the control endpoint tells. */
export type Walked = {
  outcome: string
  redirect: string | null
  error_code: string | null
  item_id: string | null
}

/** Starts a link and walks through its page with one login. */
export async function walkLink(
  sandbox: SandboxProcess,
  login: { username: string; password?: string; mfa?: string[]; institution?: string; account?: string },
  overrides: Partial<LinkTokenCreateRequest> = {},
): Promise<{ linkToken: string; walked: Walked }> {
  const { data } = await plaidFor(sandbox).linkTokenCreate(linkParams(overrides))
  const walked = await sandbox.control<Walked>('POST', `plaid/link/${data.link_token}/finish`, login)
  return { linkToken: data.link_token, walked }
}

const refused = z.object({
  response: z.object({
    status: z.number(),
    data: z.object({ error_type: z.string(), error_code: z.string() }),
  }),
})

/** Status, type and code of the error that a call is refused with. */
export async function errorCodeOf(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (error === null) throw new Error('The call was not refused')
  const { status, data } = refused.parse(error).response
  return `${status} ${data.error_type} ${data.error_code}`
}

/** A linked item of one login, with its first account. */
export async function linkBank(
  sandbox: SandboxProcess,
  login: Parameters<typeof walkLink>[1] = { username: 'user_good' },
  overrides: Partial<LinkTokenCreateRequest> = {},
): Promise<{ accessToken: string; itemId: string; accountId: string }> {
  const plaid = plaidFor(sandbox)
  const { linkToken } = await walkLink(sandbox, login, overrides)
  const { data: link } = await plaid.linkTokenGet({ link_token: linkToken })
  const added = link.link_sessions?.at(-1)?.results?.item_add_results[0]
  if (!added) throw new Error('Nothing was linked')
  const { data: item } = await plaid.itemPublicTokenExchange({ public_token: added.public_token })
  return { accessToken: item.access_token, itemId: item.item_id, accountId: added.accounts[0]?.id ?? '' }
}
