import { asId, type BankLinkId, encodeId } from '#app/books/ids.ts'
import { GatewayFault } from '#app/gateways/gateway-fault.ts'
import type { BankLinkProvider } from '#app/gateways/plaid/port.ts'
import type { CardProcessor, MethodReading } from '#app/gateways/stripe/port.ts'
import { recordAudit } from '#app/parties/audit.server.ts'
import { openToken, sealToken } from '#app/payments/linked-banks/access-token.server.ts'
import { checkAccount } from '#app/payments/linked-banks/check-account.server.ts'
import { readStanding } from '#app/payments/linked-banks/item-health.server.ts'
import { isOpen } from '#app/payments/linked-banks/links/bank-link.ts'
import { withLink } from '#app/payments/linked-banks/links/claim-link.server.ts'
import { endLink } from '#app/payments/linked-banks/links/end-link.server.ts'
import { reviewLink } from '#app/payments/linked-banks/raise-review.server.ts'
import { ensureDefault, keepMethod } from '#app/payments/methods/sync-methods.server.ts'
import { ensureProcessorCustomer } from '#app/payments/processor-customer.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, withTransaction } from '#app/platform/db.server.ts'
import type { BankLink, Mandate } from '#app/platform/generated/client.ts'
import { log } from '#app/platform/log.server.ts'

const MOST_ATTEMPTS = 3

/**
 * Hands an account whose mandate was agreed to over to the card service, and keeps it as a way to pay. The token of the account and
 * the number in the idempotency key are stored before they are sent, so an unclear answer is settled by calling this again. Throws
 * LinkIsBusy, or a GatewayFault while the outcome is open.
 */
export async function keepLinkedAccount(
  processor: CardProcessor,
  banks: BankLinkProvider,
  linkId: BankLinkId,
): Promise<void> {
  await withLink(linkId, async (claimed) => {
    if (await isDone(claimed)) return
    const { mandateId } = claimed
    if (!isOpen(claimed.state) || mandateId === null) return
    const mandate = await db.mandate.findUniqueOrThrow({ where: { id: mandateId } })
    const customerId = asId<'cst'>(claimed.customerId)
    const { processorCustomerId } = await ensureProcessorCustomer(processor, customerId)
    const link = await ensureBankToken(banks, claimed)
    if (link === null) return
    const reading = await keepAtProcessor(processor, banks, link, processorCustomerId)
    if (reading === null) return
    const agreed = await processor.agreeToDebits(
      {
        processorCustomerId,
        methodId: reading.methodId,
        reference: encodeId('man', mandate.id),
        acceptance: { ipAddress: mandate.ipAddress ?? '', userAgent: mandate.userAgent ?? '' },
      },
      `setup_intents.create:${linkId}:${link.keepAttempt}`,
    )
    if (agreed.mandateId === null) {
      log.warn({ linkId, code: agreed.failureCode }, 'the card service takes no debits of a linked account')
      return endLink(banks, link, 'NOT_DEBITABLE')
    }
    await storeMethod(link, mandate, reading, agreed.mandateId)
  })
}

async function isDone(link: BankLink): Promise<boolean> {
  return (await db.savedMethod.count({ where: { bankLinkId: link.id } })) > 0
}

/**
 * The account's one-time token, stored with a new number before anybody sends it. Null when the bank refuses it: then the login or
 * the account has changed, which is read at once.
 */
async function ensureBankToken(banks: BankLinkProvider, link: BankLink): Promise<BankLink | null> {
  if (link.bankToken !== null) return link
  const token = await askForToken(banks, link)
  if (token === null) return null
  const stored = { bankToken: sealToken(link.id, token), keepAttempt: link.keepAttempt + 1 }
  return db.bankLink.update({ where: { id: link.id }, data: { ...stored, updatedAt: await readNow() } })
}

async function askForToken(banks: BankLinkProvider, link: BankLink): Promise<string | null> {
  try {
    return await banks.bankToken(openToken(link.id, link.accessToken ?? ''), link.accountId ?? '')
  } catch (error) {
    if (!(error instanceof GatewayFault) || error.kind !== 'rejected') throw error
    log.warn({ linkId: link.id, code: error.code }, 'the bank gave no token of a linked account')
    await readStanding(banks, link, null)
    await checkAccount(banks, await db.bankLink.findUniqueOrThrow({ where: { id: link.id } }))
    return null
  }
}

/** Null when the card service refuses the token: the next call makes another, a few times. */
async function keepAtProcessor(
  processor: CardProcessor,
  banks: BankLinkProvider,
  link: BankLink,
  processorCustomerId: string,
): Promise<MethodReading | null> {
  const key = `customers.createSource:${link.id}:${link.keepAttempt}`
  try {
    const token = openToken(link.id, link.bankToken ?? '')
    return await processor.keepBankAccount(processorCustomerId, token, key)
  } catch (error) {
    if (!(error instanceof GatewayFault) || error.kind !== 'rejected') throw error
    log.warn({ linkId: link.id, code: error.code }, 'the card service refused a linked account')
    if (error.code === 'bank_account_exists') await endLink(banks, link, 'ACCOUNT_KNOWN')
    else if (link.keepAttempt >= MOST_ATTEMPTS) await endLink(banks, link, 'NOT_DEBITABLE')
    else await db.bankLink.update({ where: { id: link.id }, data: { bankToken: null } })
    return null
  }
}

async function storeMethod(
  link: BankLink,
  mandate: Mandate,
  reading: MethodReading,
  providerMandateId: string,
): Promise<void> {
  const { customerId } = link
  await withTransaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`methods:${customerId}`}, 0))`
    const now = await readNow(tx)
    // The account is called what the bank calls it, as it stands in the mandate.
    const named = {
      ...reading,
      kind: 'us_bank_account' as const,
      brand: link.institutionName ?? reading.brand,
      last4: link.accountMask?.length === 4 ? link.accountMask : reading.last4,
    }
    const kept = { customerId, reading: named, createdBy: mandate.acceptedBy, now, bankLinkId: link.id }
    const savedMethodId = await keepMethod(tx, kept)
    await tx.mandate.update({
      where: { id: mandate.id },
      data: { savedMethodId, providerMandateId, state: 'active' },
    })
    await tx.bankLink.update({ where: { id: link.id }, data: { bankToken: null, updatedAt: now } })
    await ensureDefault(tx, customerId, now)
    await reviewLink(tx, link, now)
    const detail = { bankLinkId: link.id, mandateId: mandate.id }
    const entry = { actorKind: 'system', action: 'method.linked', detail } as const
    await recordAudit({ ...entry, customerId, subjectId: savedMethodId }, tx)
  })
}
