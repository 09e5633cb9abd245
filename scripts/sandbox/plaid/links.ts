import { randomUUID } from 'node:crypto'
import { badInput, badRequest, troubleBody } from '#scripts/sandbox/plaid/api/plaid-error.ts'
import { type PlaidOperation, plaidOperation } from '#scripts/sandbox/plaid/api/plaid-operation.ts'
import { findInstitution } from '#scripts/sandbox/plaid/institutions.ts'
import { isoTime, itemOf } from '#scripts/sandbox/plaid/items.ts'
import type { LinkedAccount, LinkVisit, PlaidLink } from '#scripts/sandbox/plaid/records.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

const TOKEN_LIFE_SECONDS = 4 * 60 * 60
const UPDATE_TOKEN_LIFE_SECONDS = 30 * 60
const PAGE_LIFE_SECONDS = 30 * 60
/** Results can be read for this long after the token has expired. */
const RESULT_LIFE_SECONDS = 6 * 60 * 60

type LinkRequest = {
  client_name: string
  language: string
  country_codes: string[]
  user?: { client_user_id: string; legal_name?: string }
  products?: string[] | null
  required_if_supported_products?: string[] | null
  webhook?: string
  access_token?: string | null
  account_filters?: { depository?: { account_subtypes: string[] } }
  auth?: { automated_microdeposits_enabled?: boolean }
  update?: { account_selection_enabled?: boolean }
  hosted_link?: { completion_redirect_uri?: string; url_lifetime_seconds?: number }
}

export const LINK_OPERATIONS: readonly PlaidOperation[] = [
  plaidOperation<LinkRequest>('/link/token/create', (sandbox, body) => {
    const link = sandbox.store.insert<'plaid.link'>(newLink(sandbox, body))
    return {
      link_token: link.id,
      expiration: isoTime(link.expires_at),
      ...(body.hosted_link ? { hosted_link_url: `${sandbox.publicUrl}/link/${link.id}` } : {}),
    }
  }),
  plaidOperation<{ link_token: string }>('/link/token/get', (sandbox, { link_token }) => {
    const link = sandbox.store.find('plaid.link', link_token)
    if (!link || sandbox.clock.now() >= link.expires_at + RESULT_LIFE_SECONDS)
      throw badInput('INVALID_LINK_TOKEN', 'invalid link_token provided')
    return {
      link_token: link.id,
      created_at: isoTime(link.created),
      expiration: isoTime(link.expires_at),
      link_sessions: link.visits.map((visit) => sessionView(sandbox, link, visit)),
      metadata: {
        initial_products: link.products,
        webhook: link.webhook,
        country_codes: link.country_codes,
        language: link.language,
        redirect_uri: null,
        client_name: link.client_name,
      },
    }
  }),
]

function newLink(sandbox: Sandbox, body: LinkRequest): PlaidLink {
  const item = body.access_token ? itemOf(sandbox, body.access_token) : null
  const products = [...(body.products ?? []), ...(body.required_if_supported_products ?? [])]
  requireSense(body, item !== null)
  const now = sandbox.clock.now()
  return {
    id: `link-sandbox-${randomUUID()}`,
    object: 'plaid.link',
    created: now,
    expires_at: now + (item === null ? TOKEN_LIFE_SECONDS : UPDATE_TOKEN_LIFE_SECONDS),
    page_expires_at: now + (body.hosted_link?.url_lifetime_seconds ?? PAGE_LIFE_SECONDS),
    redirect_uri: body.hosted_link?.completion_redirect_uri ?? null,
    webhook: body.webhook ?? item?.webhook ?? null,
    client_name: body.client_name,
    language: body.language,
    country_codes: body.country_codes,
    products,
    allowed_subtypes: body.account_filters?.depository?.account_subtypes ?? null,
    takes_micro_deposits: body.auth?.automated_microdeposits_enabled === true,
    legal_name: body.user?.legal_name ?? null,
    item_id: item?.id ?? null,
    can_choose_accounts: body.update?.account_selection_enabled === true,
    visits: [],
  }
}

/** What the schema alone cannot say. @throws PlaidRefusal */
function requireSense(body: LinkRequest, isUpdate: boolean): void {
  if (body.user === undefined)
    throw badRequest('MISSING_FIELDS', 'the following required fields are missing: user')
  if (body.client_name.length > 30)
    throw badRequest('INVALID_FIELD', 'client_name must be at most 30 characters')
  if (isUpdate && (body.products ?? []).length > 0)
    throw badRequest('INVALID_FIELD', 'products must not be set in update mode')
  if (!isUpdate && (body.products ?? []).length === 0)
    throw badRequest('MISSING_FIELDS', 'the following required fields are missing: products')
  if (body.products?.includes('balance'))
    throw badRequest(
      'INVALID_PRODUCT',
      'balance cannot be used to initialise Link; it comes with any other product',
    )
  if (!isUpdate && body.update !== undefined)
    throw badRequest('INVALID_FIELD', 'update needs an access_token')
}

function sessionView(sandbox: Sandbox, link: PlaidLink, visit: LinkVisit): object {
  return {
    link_session_id: visit.id,
    started_at: isoTime(visit.started_at),
    finished_at: visit.finished_at === null ? null : isoTime(visit.finished_at),
    ...(visit.step === 'done' ? successView(sandbox, link, visit) : {}),
    ...(visit.step === 'left' ? exitView(visit) : {}),
  }
}

/** A repaired item is no added one: its session ends in success with nothing to exchange. */
function successView(sandbox: Sandbox, link: PlaidLink, visit: LinkVisit): object {
  const item = sandbox.store.get('plaid.item', visit.item_id)
  const institution = institutionView(item.institution_id)
  const accounts = item.accounts.map(sharedAccountView)
  const none = {
    cra_item_add_results: [],
    cra_update_results: [],
    bank_income_results: [],
    payroll_income_results: [],
    document_income_results: null,
  }
  const added = link.item_id === null ? [{ public_token: item.public_token, accounts, institution }] : []
  return {
    results: { item_add_results: added, ...none },
    on_success: {
      public_token: item.public_token,
      metadata: { institution, accounts, link_session_id: visit.id },
    },
  }
}

function exitView(visit: LinkVisit): object {
  const exit = {
    error: visit.trouble === null ? null : troubleBody(visit.trouble),
    metadata: {
      institution: visit.institution_id === null ? null : institutionView(visit.institution_id),
      status: visit.trouble === null ? 'institution_not_found' : 'requires_credentials',
      link_session_id: visit.id,
    },
  }
  return { exit, on_exit: exit }
}

const institutionView = (id: string): object => ({
  institution_id: id,
  name: findInstitution(id)?.name ?? '',
})

function sharedAccountView(account: LinkedAccount): object {
  return {
    id: account.account_id,
    name: account.name,
    mask: account.mask,
    type: 'depository',
    subtype: account.subtype,
    verification_status: account.verification === 'instant' ? null : account.verification,
  }
}
