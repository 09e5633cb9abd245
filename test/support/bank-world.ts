import { asId, type BankLinkId, type SavedMethodId } from '#app/books/ids.ts'
import { createPlaidProvider } from '#app/gateways/plaid/client.server.ts'
import type { BankLinkProvider } from '#app/gateways/plaid/port.ts'
import { type Charged, chargeMethod } from '#app/payments/charge-method.server.ts'
import { openToken } from '#app/payments/linked-banks/access-token.server.ts'
import {
  agreeToMandate,
  hashOfMandate,
  mandateTermsOf,
} from '#app/payments/linked-banks/agree-mandate.server.ts'
import { keepLinkedAccount } from '#app/payments/linked-banks/keep-account.server.ts'
import { type LinkStep, stepOf } from '#app/payments/linked-banks/links/bank-link.ts'
import { findBankLink, linkFactsOf } from '#app/payments/linked-banks/links/bank-link-queries.server.ts'
import { startBankLink, startRepair } from '#app/payments/linked-banks/links/start-link.server.ts'
import { chooseAccount, syncBankLink } from '#app/payments/linked-banks/links/sync-link.server.ts'
import { processBankEvent } from '#app/payments/linked-banks/process-event.server.ts'
import { receiveBankEvent } from '#app/payments/linked-banks/receive-event.server.ts'
import { db } from '#app/platform/db.server.ts'
import type { BankLink } from '#app/platform/generated/client.ts'
import { type Buyer, type CardWorld, cartOf, openCardWorld } from '#test/support/card-world.ts'
import { PLAID_KEYS } from '#test/support/plaid.ts'
import { eventually } from '#test/support/sandbox.ts'
import { type Received, startWebhookReceiver, type WebhookReceiver } from '#test/support/webhook-receiver.ts'

/** Card service and bank link service in one sandbox; what the latter sends is caught and delivered by the test. */
export type BankWorld = CardWorld & { banks: BankLinkProvider; receiver: WebhookReceiver }

export async function openBankWorld(): Promise<BankWorld> {
  const receiver = await startWebhookReceiver()
  const world = await openCardWorld()
  const stop = async (): Promise<void> => {
    await world.stop()
    await receiver.stop()
  }
  return { ...world, banks: banksOn(world.sandbox.url), receiver, stop }
}

/** A provider on a sandbox. */
export function banksOn(sandboxUrl: string): BankLinkProvider {
  return createPlaidProvider({ ...PLAID_KEYS, baseUrl: `${sandboxUrl}/plaid`, retryWaitMs: 1 })
}

/** What is entered on the bank's pages; see scripts/sandbox/README.md. */
export type Login = {
  username: string
  password?: string
  mfa?: string[]
  institution?: string
  /** Name or last digits of the account to share; all of them by default. */
  account?: string
}

/** The login of a company that is called like the customer. */
export const RICH: Login = { username: 'user_business_rich' }

export const ACCEPTANCE = { ipAddress: '203.0.113.7', userAgent: 'Test browser 1.0' }
const ORIGIN = 'http://localhost:3000'

/** Opens the bank's pages for a buyer. */
export async function beginLink(world: BankWorld, buyer: Buyer): Promise<BankLinkId> {
  const started = await startBankLink(optionsOf(world, buyer))
  if (!started.ok) throw new Error(`refused: ${started.refusal.code}`)
  return started.linkId
}

function optionsOf(world: BankWorld, { customerId, personId }: Buyer) {
  return { banks: world.banks, customerId, personId, origin: ORIGIN, webhookUrl: world.receiver.url }
}

/** Signs in on the bank's pages of a visit that is open. */
export async function visitBank(
  world: BankWorld,
  linkId: BankLinkId,
  login: Login,
): Promise<{ outcome: string; error_code: string | null }> {
  const { linkToken } = await linkRow(linkId)
  return world.sandbox.control('POST', `plaid/link/${linkToken}/finish`, login)
}

/** From the button to the bank and back again. */
export async function linkBank(world: BankWorld, buyer: Buyer, login: Login = RICH): Promise<BankLinkId> {
  const linkId = await beginLink(world, buyer)
  await visitBank(world, linkId, login)
  await syncBankLink(world.banks, linkId)
  return linkId
}

/** Signs in again at the bank for a link that exists. */
export async function repairBank(
  world: BankWorld,
  buyer: Buyer,
  linkId: BankLinkId,
  login: Login = RICH,
): Promise<void> {
  const started = await startRepair(optionsOf(world, buyer), linkId)
  if (!started.ok) throw new Error(`refused: ${started.refusal.code}`)
  await visitBank(world, linkId, login)
  await syncBankLink(world.banks, linkId)
}

/** Chooses the account with these last digits. */
export async function chooseByMask(
  world: BankWorld,
  buyer: Buyer,
  linkId: BankLinkId,
  mask: string,
): Promise<void> {
  const { accessToken } = await linkRow(linkId)
  const accounts = await world.banks.listAccounts(openToken(linkId, accessToken ?? ''))
  const account = accounts.find((one) => one.mask === mask)
  const chosen = await chooseAccount(world.banks, buyer.customerId, linkId, account?.accountId ?? '')
  if (!chosen.ok) throw new Error(`refused: ${chosen.refusal.code}`)
}

/** Ticks the mandate as it is shown. Answers the code of a refusal, or null. */
export async function agree(buyer: Buyer, linkId: BankLinkId): Promise<string | null> {
  const { customerId, personId } = buyer
  const textHash = hashOfMandate(await mandateTermsOf(await linkRow(linkId)))
  const agreed = await agreeToMandate({ customerId, personId, linkId, textHash, acceptance: ACCEPTANCE })
  return agreed.ok ? null : agreed.refusal.code
}

/** Links an account, agrees to its mandate and keeps it. Answers our id of the method. */
export async function keepBank(
  world: BankWorld,
  buyer: Buyer,
  login: Login = RICH,
): Promise<{ linkId: BankLinkId; methodId: SavedMethodId }> {
  const linkId = await linkBank(world, buyer, login)
  return { linkId, methodId: await agreeAndKeep(world, buyer, linkId) }
}

/** From the mandate to the method. */
export async function agreeAndKeep(
  world: BankWorld,
  buyer: Buyer,
  linkId: BankLinkId,
): Promise<SavedMethodId> {
  const refused = await agree(buyer, linkId)
  if (refused !== null) throw new Error(`refused: ${refused}`)
  await keepLinkedAccount(world.processor, world.banks, linkId)
  const method = await db.savedMethod.findFirstOrThrow({ where: { bankLinkId: linkId } })
  return asId<'met'>(method.id)
}

/** Debits all of a buyer's invoices from a linked account. Answers the payment, or the code of a refusal. */
export async function debit(
  world: BankWorld,
  buyer: Buyer,
  methodId: SavedMethodId,
): Promise<Charged | string> {
  const { customerId, personId } = buyer
  const charged = await chargeMethod({
    ...{ processor: world.processor, banks: world.banks, customerId, personId, methodId },
    ...{ acceptance: null, channel: 'portal', cart: await cartOf(buyer) },
  })
  return charged.ok ? charged : charged.refusal.code
}

export function linkRow(linkId: BankLinkId): Promise<BankLink> {
  return db.bankLink.findUniqueOrThrow({ where: { id: linkId } })
}

/** What is to be done next about a link. */
export async function stepAt(buyer: Buyer, linkId: BankLinkId): Promise<LinkStep> {
  const link = await findBankLink(buyer.customerId, linkId)
  if (link === null) throw new Error('there is no such link')
  return stepOf(linkFactsOf(link))
}

/** Something happens to the login of a link at its bank. */
export async function moveItem(
  world: BankWorld,
  linkId: BankLinkId,
  move: string,
  body: object = {},
): Promise<void> {
  const { itemId } = await linkRow(linkId)
  await world.sandbox.control('POST', `plaid/items/${itemId}/${move}`, body)
}

/** Waits until the service has sent everything, and answers it; nothing is left to be caught twice. */
export async function caughtEvents(world: BankWorld): Promise<Received[]> {
  await eventually(async () => {
    const state = await world.sandbox.control<{ pending_webhooks: number }>('GET', 'plaid/state')
    return state.pending_webhooks === 0 || null
  })
  return world.receiver.received.splice(0)
}

/** Brings events as they came over the network, and works off what was new. */
export async function deliverEvents(world: BankWorld, events: readonly Received[]): Promise<void> {
  for (const { body, headers } of events) {
    const before = await db.webhookInbox.findMany({ select: { id: true } })
    const token = String(headers['plaid-verification'])
    const received = await receiveBankEvent(world.banks, body, token, new Date())
    if (!received.ok) throw new Error(`turned away: ${received.reason}`)
    const known = new Set(before.map(({ id }) => id))
    const inbox = await db.webhookInbox.findMany({ select: { id: true } })
    for (const { id } of inbox) if (!known.has(id)) await processBankEvent(world.banks, id)
  }
}

/** The letters in the outbox to a buyer's company, by what they are about. */
export async function lettersTo(buyer: Buyer): Promise<string[]> {
  const customer = await db.customer.findUniqueOrThrow({ where: { id: buyer.customerId } })
  const rows = await db.mailOutbox.findMany({
    where: { recipient: customer.email ?? '' },
    orderBy: { createdAt: 'asc' },
  })
  return rows.map(({ template, parameters }) => {
    const { letter } = parameters as { letter?: string }
    return letter ?? template
  })
}
