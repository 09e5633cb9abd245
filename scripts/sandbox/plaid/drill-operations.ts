import { badSandboxRequest, troubled } from '#scripts/sandbox/plaid/api/plaid-error.ts'
import { type PlaidOperation, plaidOperation } from '#scripts/sandbox/plaid/api/plaid-operation.ts'
import { getInstitution } from '#scripts/sandbox/plaid/institutions.ts'
import { breakLogin, fireDrill } from '#scripts/sandbox/plaid/item-events.ts'
import { createItem, itemOf, withIds } from '#scripts/sandbox/plaid/items.ts'
import { tryLogin } from '#scripts/sandbox/plaid/logins/test-logins.ts'

type NewPublicToken = {
  institution_id: string
  initial_products: string[]
  options?: { webhook?: string; override_username?: string | null; override_password?: string | null }
}

/** The endpoints that the provider's own sandbox has for tests. Questions after the password are skipped here, as there. */
export const DRILL_OPERATIONS: readonly PlaidOperation[] = [
  plaidOperation<NewPublicToken>('/sandbox/public_token/create', (sandbox, body) => {
    const institution = getInstitution(body.institution_id)
    const typed = {
      username: body.options?.override_username ?? 'user_good',
      password: body.options?.override_password ?? 'pass_good',
    }
    const login = tryLogin(institution, typed, null)
    if (login.kind === 'trouble') throw troubled(login.code)
    const item = createItem(sandbox, {
      institution,
      products: body.initial_products,
      webhook: body.options?.webhook ?? null,
      accounts: withIds(institution, login.accounts),
      unshared: [],
    })
    return { public_token: item.public_token }
  }),
  plaidOperation<{ access_token: string; webhook_code: string }>(
    '/sandbox/item/fire_webhook',
    (sandbox, { access_token, webhook_code }) => {
      const item = itemOf(sandbox, access_token)
      if (item.webhook === null)
        throw badSandboxRequest('SANDBOX_WEBHOOK_INVALID', 'webhook is not set for the provided item')
      if (!fireDrill(sandbox, item, webhook_code))
        throw badSandboxRequest('SANDBOX_WEBHOOK_INVALID', `the sandbox does not send ${webhook_code}`)
      return { webhook_fired: true }
    },
  ),
  plaidOperation<{ access_token: string }>('/sandbox/item/reset_login', (sandbox, { access_token }) => {
    breakLogin(sandbox, itemOf(sandbox, access_token))
    return { reset_login: true }
  }),
]
