import type { BankAccount, BankLinkProvider } from '#app/gateways/plaid/port.ts'
import { openToken } from '#app/payments/linked-banks/access-token.server.ts'
import { isOpen, judgeHolder } from '#app/payments/linked-banks/links/bank-link.ts'
import { endLink } from '#app/payments/linked-banks/links/end-link.server.ts'
import { tellOwner } from '#app/payments/linked-banks/tell-owner.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, withTransaction } from '#app/platform/db.server.ts'
import type { BankLink } from '#app/platform/generated/client.ts'

/**
 * Reads the accounts of a linked login and checks the chosen one: whether it can be debited, and whose it is. The only account that
 * is shared is the chosen one. To be called while the link is claimed. Throws a GatewayFault when the service does not answer;
 * asking again goes on where this stopped.
 */
export async function checkAccount(banks: BankLinkProvider, link: BankLink): Promise<void> {
  if (link.accessToken === null || !isOpen(link.state)) return
  if (link.holderCheck === 'refused') return endLink(banks, link, 'HOLDER_REFUSED')
  const accounts = await banks.listAccounts(openToken(link.id, link.accessToken))
  const usable = accounts.filter(({ verification }) => verification !== 'failed')
  if (usable.length === 0)
    return endLink(banks, link, accounts.length === 0 ? 'NO_ACCOUNT' : 'ACCOUNT_NOT_VERIFIED')
  const chosen = chosenOf(link, usable)
  if (chosen === undefined) return
  if (chosen === null) return endLink(banks, link, 'ACCOUNT_REVOKED')
  await noteAccount(link, chosen)
  if (link.holderCheck === null) await checkHolder(banks, link, chosen.accountId)
}

/** The account that is meant; undefined while the customer has yet to choose, null when it is not there any more. */
function chosenOf(link: BankLink, usable: readonly BankAccount[]): BankAccount | null | undefined {
  if (link.accountId === null) return usable.length === 1 ? usable[0] : undefined
  return usable.find(({ accountId }) => accountId === link.accountId) ?? null
}

/** Keeps what tells the account from others. Whoever waited for its small deposits is written to when they have arrived. */
async function noteAccount(link: BankLink, account: BankAccount): Promise<void> {
  await withTransaction(async (tx) => {
    const now = await readNow(tx)
    const { accountId, name, mask, verification } = account
    const facts = { accountId, accountName: name, accountMask: mask?.slice(-4) ?? null }
    await tx.bankLink.update({
      where: { id: link.id },
      data: { ...facts, accountVerification: verification, updatedAt: now },
    })
    const hasWaited = link.accountVerification === 'pending' && verification === 'ready'
    if (hasWaited && link.mandateId === null) await tellOwner(tx, link, 'ready', 'verified', now)
  })
}

/** Compares the bank's holder with the customer; what nobody can tell by rule waits for staff, with the bank's names. */
async function checkHolder(banks: BankLinkProvider, link: BankLink, accountId: string): Promise<void> {
  const accessToken = openToken(link.id, link.accessToken ?? '')
  const customer = await db.customer.findUniqueOrThrow({ where: { id: link.customerId } })
  const creator =
    link.createdBy === null ? null : await db.person.findUnique({ where: { id: link.createdBy } })
  const known = { legalName: customer.name, email: customer.email ?? creator?.email ?? '' }
  const matches = await banks.matchIdentity(accessToken, known)
  const nameScore = matches.find((match) => match.accountId === accountId)?.nameScore ?? null
  const holderCheck = judgeHolder(nameScore)
  const holderNames = holderCheck === 'review' ? await banks.listHolders(accessToken, accountId) : []
  const now = await readNow()
  const state = holderCheck === 'review' ? 'review' : link.state
  await db.bankLink.update({
    where: { id: link.id },
    data: {
      ...{ state, holderCheck, holderNames: [...holderNames], updatedAt: now },
      nameScore: nameScore === null ? null : Math.round(nameScore),
    },
  })
  if (holderCheck === 'refused') await endLink(banks, link, 'HOLDER_REFUSED')
}
