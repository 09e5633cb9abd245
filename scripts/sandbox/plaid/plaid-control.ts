import { z } from 'zod'
import type { Control } from '#scripts/sandbox/control/serve-control.ts'
import { type HttpReply, jsonReply } from '#scripts/sandbox/http/messages.ts'
import {
  announceDisconnect,
  announceExpiration,
  announceNewAccount,
  breakLogin,
  repairLogin,
  revoke,
} from '#scripts/sandbox/plaid/item-events.ts'
import {
  type LinkPage,
  leaveLink,
  openLink,
  submitAccounts,
  submitAnswer,
  submitLogin,
} from '#scripts/sandbox/plaid/link-visit.ts'
import type { LinkedAccount, PlaidItem } from '#scripts/sandbox/plaid/records.ts'
import { rotateKey } from '#scripts/sandbox/plaid/webhooks/webhook-key.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

const cents = z.int().nullish()
const LINK_INPUT = z.strictObject({
  username: z.string(),
  password: z.string().default('pass_good'),
  /** Answers to the bank's questions, in order. Left out, the page stays waiting. */
  mfa: z.union([z.string().transform((one) => [one]), z.array(z.string())]).default([]),
  institution: z.string().default('ins_109508'),
  /** Name, last digits or id of the account to share; all of them by default. */
  account: z.string().optional(),
})
const BALANCE_INPUT = z.strictObject({
  account: z.string().optional(),
  available_cents: cents,
  current_cents: cents,
})
const REVOKE_INPUT = z.strictObject({ account: z.string().optional() })

/** How a link can be finished, and an item moved, without a page and without the API. */
export const PLAID_CONTROLS: readonly Control[] = [
  {
    method: 'GET',
    pattern: /^\/_sandbox\/plaid\/state$/,
    run: (sandbox) => jsonReply(200, readState(sandbox)),
  },
  {
    method: 'POST',
    pattern: /^\/_sandbox\/plaid\/link\/([\w-]+)\/(finish|leave)$/,
    run: (sandbox, input, [id = '', move]) => moveLink(sandbox, id, move === 'leave' ? null : input),
  },
  {
    method: 'POST',
    pattern:
      /^\/_sandbox\/plaid\/items\/(\w+)\/(login_required|pending_disconnect|pending_expiration|new_accounts|revoke|repair|balance)$/,
    run: (sandbox, input, [id = '', move = '']) => moveItem(sandbox, id, move, input),
  },
  {
    method: 'POST',
    pattern: /^\/_sandbox\/plaid\/webhook_key\/rotate$/,
    run: (sandbox) => jsonReply(200, { key_id: rotateKey(sandbox).id }),
  },
]

function moveLink(sandbox: Sandbox, id: string, input: unknown): HttpReply {
  if (!sandbox.store.find('plaid.link', id)) return jsonReply(404, { error: `No link ${id}` })
  const opened = openLink(sandbox, id)
  if (opened.kind !== 'visit') return jsonReply(409, { error: `Link ${id} is ${opened.kind}` })
  const page = input === null ? leaveLink(sandbox, id) : walkThrough(sandbox, id, LINK_INPUT.parse(input))
  return jsonReply(200, summary(page))
}

/** The hosted page's steps in a row: the very same code. Trouble ends the visit, as when a person gives up. */
function walkThrough(sandbox: Sandbox, id: string, input: z.infer<typeof LINK_INPUT>): LinkPage {
  let page = submitLogin(sandbox, id, input)
  for (const answer of input.mfa) page = submitAnswer(sandbox, id, answer)
  if (page.kind !== 'visit') return page
  if (page.visit.trouble !== null) return leaveLink(sandbox, id)
  if (page.visit.step !== 'accounts') return page
  const chosen = page.visit.offered.filter(
    (one) => input.account === undefined || isNamed(one, input.account),
  )
  return submitAccounts(
    sandbox,
    id,
    chosen.map((one) => one.account_id),
  )
}

function isNamed({ account_id, mask, name }: LinkedAccount, text: string): boolean {
  return [account_id, mask, name].includes(text)
}

function summary(page: LinkPage): object {
  if (page.kind !== 'visit') return { outcome: page.kind }
  const { step, trouble, item_id, questions } = page.visit
  const outcome = step === 'done' ? 'finished' : step === 'left' ? 'exited' : `waits for ${step}`
  const redirect = step === 'done' || step === 'left' ? page.link.redirect_uri : null
  return { outcome, redirect, error_code: trouble, item_id, question: questions[0]?.prompt ?? null }
}

function moveItem(sandbox: Sandbox, id: string, move: string, input: unknown): HttpReply {
  return sandbox.store.transaction(() => {
    const item = sandbox.store.find('plaid.item', id)
    if (item?.state !== 'linked') return jsonReply(404, { error: `No linked item ${id}` })
    const named = z.looseObject({ account: z.string().optional() }).parse(input).account
    const account = item.accounts.find((one) => named !== undefined && isNamed(one, named))
    if (named !== undefined && account === undefined)
      return jsonReply(404, { error: `Item ${id} shares no account ${named}` })
    return jsonReply(200, itemSummary(applyMove(sandbox, item, move, input, account ?? null)))
  })
}

function applyMove(
  sandbox: Sandbox,
  item: PlaidItem,
  move: string,
  input: unknown,
  account: LinkedAccount | null,
): PlaidItem {
  if (move === 'login_required') return breakLogin(sandbox, item)
  if (move === 'repair') return repairLogin(sandbox, item)
  if (move === 'pending_disconnect') return announceDisconnect(sandbox, item)
  if (move === 'pending_expiration') return announceExpiration(sandbox, item)
  if (move === 'new_accounts') return announceNewAccount(sandbox, item)
  if (move === 'balance') return setBalance(sandbox, item, input, account)
  REVOKE_INPUT.parse(input)
  return revoke(sandbox, item, account)
}

/** Sets what the bank says of one account, or of all; null is what it does not tell. */
function setBalance(
  sandbox: Sandbox,
  item: PlaidItem,
  input: unknown,
  account: LinkedAccount | null,
): PlaidItem {
  const { available_cents, current_cents } = BALANCE_INPUT.parse(input)
  const accounts = item.accounts.map((one) => ({
    ...one,
    ...(account !== null && account.account_id !== one.account_id
      ? {}
      : {
          available_cents: available_cents === undefined ? one.available_cents : available_cents,
          current_cents: current_cents === undefined ? one.current_cents : current_cents,
        }),
  }))
  const changed = { ...item, accounts }
  sandbox.store.update(changed)
  return changed
}

/** All links and items, compactly, without tokens. */
function readState(sandbox: Sandbox): object {
  const { store, clock } = sandbox
  const sql = "SELECT count(*) AS open FROM plaid_webhook WHERE state = 'pending'"
  return {
    now: clock.now(),
    pending_webhooks: Number(store.row(sql)?.open),
    links: store.all('plaid.link').map(({ id, item_id, visits }) => ({
      id,
      repairs: item_id,
      visits: visits.map((visit) => ({ step: visit.step, trouble: visit.trouble, item_id: visit.item_id })),
    })),
    items: store.all('plaid.item').map(itemSummary),
    bank_tokens: store.all('token').map(({ id, used }) => ({ id, used })),
    signals: store
      .all('plaid.signal')
      .map(({ id, decision, return_code }) => ({ id, decision, return_code })),
  }
}

function itemSummary({ id, state, institution_id, trouble, ends_at, accounts }: PlaidItem): object {
  return {
    id,
    state,
    institution_id,
    trouble,
    ends_at,
    accounts: accounts.map(({ account_id, name, mask, verification, available_cents, current_cents }) => ({
      account_id,
      name,
      mask,
      verification,
      available_cents,
      current_cents,
    })),
  }
}
