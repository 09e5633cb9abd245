import { randomUUID } from 'node:crypto'
import type { TroubleCode } from '#scripts/sandbox/plaid/api/plaid-error.ts'
import { findInstitution, type Institution } from '#scripts/sandbox/plaid/institutions.ts'
import { createItem, withIds } from '#scripts/sandbox/plaid/items.ts'
import { type Credentials, tryLogin } from '#scripts/sandbox/plaid/logins/test-logins.ts'
import type { LinkedAccount, LinkVisit, PlaidItem, PlaidLink } from '#scripts/sandbox/plaid/records.ts'
import { queueWebhook } from '#scripts/sandbox/plaid/webhooks/webhook-queue.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

/** What a link's page shows: an open visit, or why there is none. */
export type LinkPage =
  | { kind: 'visit'; link: PlaidLink; visit: LinkVisit }
  | { kind: 'done' | 'expired'; link: PlaidLink }

/** The page as it stands. A first visit, and one after the customer left, starts anew. */
export function openLink(sandbox: Sandbox, linkId: string): LinkPage {
  return sandbox.store.transaction(() => {
    const link = sandbox.store.get('plaid.link', linkId)
    const last = link.visits.at(-1)
    if (last?.step === 'done') return { kind: 'done', link }
    if (sandbox.clock.now() >= link.page_expires_at) return { kind: 'expired', link }
    if (last !== undefined && last.step !== 'left') return { kind: 'visit', link, visit: last }
    return saveVisit(sandbox, link, newVisit(sandbox, link))
  })
}

/** The customer types user name and password at a bank. */
export function submitLogin(
  sandbox: Sandbox,
  linkId: string,
  typed: Credentials & { institution: string },
): LinkPage {
  return step(sandbox, linkId, ['login'], (link, visit) => {
    const item = itemToRepair(sandbox, link)
    const institution = findInstitution(item?.institution_id ?? typed.institution)
    if (!institution) return stumble(visit, 'INVALID_CREDENTIALS')
    const named = { ...visit, institution_id: institution.id }
    if (institution.needsMicroDeposits && !link.takes_micro_deposits)
      return stumble(named, 'PRODUCTS_NOT_SUPPORTED')
    const login = tryLogin(institution, typed, link.legal_name)
    if (login.kind === 'trouble') return stumble(named, login.code)
    const offered =
      item === null ? offeredBy(link, institution, login.accounts) : [...item.accounts, ...item.unshared]
    if (offered.length === 0) return stumble(named, 'NO_ACCOUNTS')
    const chosen = item?.accounts.map((one) => one.account_id) ?? []
    return proceed(sandbox, link, { ...named, trouble: null, questions: login.questions, offered, chosen })
  })
}

/** The customer answers what the bank asks after the password. */
export function submitAnswer(sandbox: Sandbox, linkId: string, answer: string): LinkPage {
  return step(sandbox, linkId, ['mfa'], (link, visit) => {
    const [question, ...questions] = visit.questions
    if (question?.answer !== answer.trim()) return stumble(visit, 'INVALID_MFA')
    return proceed(sandbox, link, { ...visit, trouble: null, questions })
  })
}

/** The customer says which accounts to share; choosing none changes nothing. */
export function submitAccounts(sandbox: Sandbox, linkId: string, accountIds: readonly string[]): LinkPage {
  return step(sandbox, linkId, ['accounts'], (link, visit) => {
    const chosen = visit.offered.map((one) => one.account_id).filter((id) => accountIds.includes(id))
    return chosen.length === 0 ? visit : finish(sandbox, link, { ...visit, chosen })
  })
}

/** The customer goes back without a link. */
export function leaveLink(sandbox: Sandbox, linkId: string): LinkPage {
  return step(sandbox, linkId, ['login', 'mfa', 'accounts'], (link, visit) => {
    announce(sandbox, link, visit.id, 'EXITED', [])
    return { ...visit, step: 'left', finished_at: sandbox.clock.now() }
  })
}

/** Applies one step to the open visit, if it waits for such a step; a page that was sent twice changes nothing. */
function step(
  sandbox: Sandbox,
  linkId: string,
  expected: readonly LinkVisit['step'][],
  change: (link: PlaidLink, visit: LinkVisit) => LinkVisit,
): LinkPage {
  return sandbox.store.transaction(() => {
    const page = openLink(sandbox, linkId)
    if (page.kind !== 'visit' || !expected.includes(page.visit.step)) return page
    return saveVisit(sandbox, page.link, change(page.link, page.visit))
  })
}

function saveVisit(sandbox: Sandbox, link: PlaidLink, visit: LinkVisit): LinkPage {
  const others = link.visits.filter(({ id }) => id !== visit.id)
  const changed = { ...link, visits: [...others, visit] }
  sandbox.store.update(changed)
  return { kind: 'visit', link: changed, visit }
}

function newVisit(sandbox: Sandbox, link: PlaidLink): LinkVisit {
  return {
    id: randomUUID(),
    started_at: sandbox.clock.now(),
    finished_at: null,
    step: 'login',
    institution_id: itemToRepair(sandbox, link)?.institution_id ?? null,
    questions: [],
    offered: [],
    chosen: [],
    trouble: null,
    item_id: null,
  }
}

function itemToRepair(sandbox: Sandbox, link: PlaidLink): PlaidItem | null {
  return sandbox.store.find('plaid.item', link.item_id)
}

const stumble = (visit: LinkVisit, trouble: TroubleCode): LinkVisit => ({ ...visit, trouble })

function offeredBy(
  { allowed_subtypes }: PlaidLink,
  institution: Institution,
  accounts: Parameters<typeof withIds>[1],
): LinkedAccount[] {
  return withIds(
    institution,
    accounts.filter(({ subtype }) => allowed_subtypes === null || allowed_subtypes.includes(subtype)),
  )
}

/** On to the next question, then to the choice of accounts, then to the end. */
function proceed(sandbox: Sandbox, link: PlaidLink, visit: LinkVisit): LinkVisit {
  if (visit.questions.length > 0) return { ...visit, step: 'mfa' }
  if (link.item_id === null || link.can_choose_accounts) return { ...visit, step: 'accounts' }
  return finish(sandbox, link, visit)
}

function finish(sandbox: Sandbox, link: PlaidLink, visit: LinkVisit): LinkVisit {
  const item = link.item_id === null ? addItem(sandbox, link, visit) : repairItem(sandbox, link, visit)
  announce(sandbox, link, visit.id, 'SUCCESS', item.state === 'unexchanged' ? [item.public_token] : [])
  return { ...visit, step: 'done', finished_at: sandbox.clock.now(), item_id: item.id }
}

function addItem(sandbox: Sandbox, link: PlaidLink, visit: LinkVisit): PlaidItem {
  const institution = findInstitution(visit.institution_id ?? '')
  if (!institution) throw new Error(`No bank in visit ${visit.id}`)
  const isShared = (one: LinkedAccount): boolean => visit.chosen.includes(one.account_id)
  return createItem(sandbox, {
    institution,
    products: link.products,
    webhook: link.webhook,
    accounts: visit.offered.filter(isShared),
    unshared: visit.offered.filter((one) => !isShared(one)),
  })
}

function repairItem(sandbox: Sandbox, link: PlaidLink, visit: LinkVisit): PlaidItem {
  const item = sandbox.store.get('plaid.item', link.item_id)
  const isShared = (one: LinkedAccount): boolean =>
    link.can_choose_accounts
      ? visit.chosen.includes(one.account_id)
      : item.accounts.some((known) => known.account_id === one.account_id)
  const repaired: PlaidItem = {
    ...item,
    trouble: null,
    ends_at: null,
    accounts: visit.offered.filter(isShared),
    unshared: visit.offered.filter((one) => !isShared(one)),
  }
  sandbox.store.update(repaired)
  return repaired
}

function announce(
  sandbox: Sandbox,
  link: PlaidLink,
  visitId: string,
  status: 'SUCCESS' | 'EXITED',
  publicTokens: string[],
): void {
  queueWebhook(sandbox, link.webhook, 'LinkSessionFinishedWebhook', {
    webhook_type: 'LINK',
    webhook_code: 'SESSION_FINISHED',
    status,
    link_session_id: visitId,
    link_token: link.id,
    public_tokens: publicTokens,
    environment: 'sandbox',
  })
}
