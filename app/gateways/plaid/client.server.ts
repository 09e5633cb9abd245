import type { LinkTokenCreateRequest } from 'plaid'
import { z } from 'zod'
import { GatewayFault } from '#app/gateways/gateway-fault.ts'
import {
  accountsAnswer,
  bankTokenAnswer,
  exchangeAnswer,
  holdersAnswer,
  identityAnswer,
  itemAnswer,
  linkAnswer,
  signalAnswer,
  startedLinkAnswer,
  webhookKeyAnswer,
} from '#app/gateways/plaid/answers.ts'
import { type Calls, createCalls, type PlaidConfig } from '#app/gateways/plaid/calls.server.ts'
import { asFault, isItemTrouble } from '#app/gateways/plaid/errors.ts'
import { linkRequest } from '#app/gateways/plaid/link-request.ts'
import {
  balanceReading,
  bankAccount,
  identityMatch,
  isGone,
  itemReading,
  linkReading,
  signalReading,
} from '#app/gateways/plaid/mapping.ts'
import type { BankLinkProvider } from '#app/gateways/plaid/port.ts'
import { verifyWebhook, type WebhookKey } from '#app/gateways/plaid/verify-webhook.ts'
import { createWebhookKeys } from '#app/gateways/plaid/webhook-keys.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { toDecimal } from '#app/money/format.ts'
import { money } from '#app/money/money.ts'

/** The bank itself is asked, which the vendor says can take half a minute. */
const BALANCE_TIMEOUT_MS = 35_000
/** The ACH network moves nothing else. */
const ACH_CURRENCY = parseCurrency('USD')

/** Of some answers nothing is needed. */
const anyAnswer = z.unknown()

/** A bank link provider that is Plaid, or the sandbox when the configuration names its address. */
export function createPlaidProvider(config: PlaidConfig): BankLinkProvider {
  const calls = createCalls(config)
  const findKey = createWebhookKeys((keyId) => fetchKey(calls, keyId))

  return {
    async startLink(input) {
      // The SDK's names for these values are enums that exist only once it is loaded; the values are the same texts.
      const request = linkRequest(input) as LinkTokenCreateRequest
      const answer = await calls.write('link.token.create', startedLinkAnswer, (api, options) =>
        api.linkTokenCreate(request, options),
      )
      return {
        linkToken: answer.link_token,
        hostedUrl: answer.hosted_link_url,
        expiresAt: answer.expiration,
      }
    },
    async readLink(linkToken) {
      const answer = await calls
        .read('link.token.get', linkAnswer, (api, options) =>
          api.linkTokenGet({ link_token: linkToken }, options),
        )
        .catch(nullIf((fault) => fault.code === 'INVALID_LINK_TOKEN'))
      return answer === null ? null : linkReading(answer.link_sessions)
    },
    async exchange(publicToken) {
      const answer = await calls.write('item.public_token.exchange', exchangeAnswer, (api, options) =>
        api.itemPublicTokenExchange({ public_token: publicToken }, options),
      )
      return { itemId: answer.item_id, accessToken: answer.access_token }
    },
    async readItem(accessToken) {
      try {
        const answer = await calls.read('item.get', itemAnswer, (api, options) =>
          api.itemGet({ access_token: accessToken }, options),
        )
        return itemReading(answer)
      } catch (error) {
        if (error instanceof GatewayFault && isGone(error.code))
          return { status: 'gone', errorCode: error.code }
        throw error
      }
    },
    async listAccounts(accessToken) {
      const answer = await calls.read('accounts.get', accountsAnswer, (api, options) =>
        api.accountsGet({ access_token: accessToken }, options),
      )
      return answer.accounts.map(bankAccount)
    },
    async matchIdentity(accessToken, known) {
      const user = { legal_name: known.legalName, email_address: known.email }
      const answer = await calls
        .read('identity.match', identityAnswer, (api, options) =>
          api.identityMatch({ access_token: accessToken, user }, options),
        )
        .catch(nullIf((fault) => fault.code === 'PRODUCTS_NOT_SUPPORTED'))
      return answer === null ? [] : answer.accounts.map(identityMatch)
    },
    async listHolders(accessToken, accountId) {
      const query = { access_token: accessToken, options: { account_ids: [accountId] } }
      const answer = await calls
        .read('identity.get', holdersAnswer, (api, options) => api.identityGet(query, options))
        .catch(nullIf((fault) => fault.code === 'PRODUCTS_NOT_SUPPORTED'))
      const owners = answer?.accounts.find((one) => one.account_id === accountId)?.owners ?? []
      return owners.flatMap(({ names }) => names)
    },
    async readBalance(accessToken, accountId) {
      const query = { access_token: accessToken, options: { account_ids: [accountId] } }
      try {
        const { data } = await calls.once(BALANCE_TIMEOUT_MS, (api, options) =>
          api.accountsBalanceGet(query, options),
        )
        const account = accountsAnswer.parse(data).accounts.find((one) => one.account_id === accountId)
        return account === undefined ? { state: 'unavailable', code: null } : balanceReading(account)
      } catch (error) {
        const fault = asFault(error, 'accounts.balance.get', false)
        if (fault.kind !== 'unavailable' && !isItemTrouble(error)) throw fault
        return { state: 'unavailable', code: fault.code }
      }
    },
    async evaluateSignal(accessToken, input) {
      const request = {
        access_token: accessToken,
        account_id: input.accountId,
        client_transaction_id: input.reference,
        amount: Number(toDecimal(money(input.amountMinor, ACH_CURRENCY))),
        user_present: input.isCustomerPresent,
      }
      const answer = await calls.ask('signal.evaluate', signalAnswer, (api, options) =>
        api.signalEvaluate(request, options),
      )
      return signalReading(answer)
    },
    async reportDecision(reference, isStarted) {
      const request = { client_transaction_id: reference, initiated: isStarted }
      await calls.write('signal.decision.report', anyAnswer, (api, options) =>
        api.signalDecisionReport(request, options),
      )
    },
    async reportReturn(reference, returnCode) {
      const request = { client_transaction_id: reference, return_code: returnCode }
      await calls.write('signal.return.report', anyAnswer, (api, options) =>
        api.signalReturnReport(request, options),
      )
    },
    async bankToken(accessToken, accountId) {
      const request = { access_token: accessToken, account_id: accountId }
      const answer = await calls.write(
        'processor.stripe.bank_account_token.create',
        bankTokenAnswer,
        (api, options) => api.processorStripeBankAccountTokenCreate(request, options),
      )
      return answer.stripe_bank_account_token
    },
    async removeItem(accessToken) {
      await calls
        .write('item.remove', anyAnswer, (api, options) =>
          api.itemRemove({ access_token: accessToken }, options),
        )
        .catch(nullIf((fault) => isGone(fault.code)))
    },
    verifyWebhook: (rawBody, token, now) => verifyWebhook(findKey, rawBody, token, now),
  }
}

async function fetchKey(calls: Calls, keyId: string): Promise<WebhookKey | null> {
  const answer = await calls
    .read('webhook_verification_key.get', webhookKeyAnswer, (api, options) =>
      api.webhookVerificationKeyGet({ key_id: keyId }, options),
    )
    .catch(nullIf((fault) => fault.kind === 'rejected' && isAboutKey(fault.code)))
  if (answer === null) return null
  const { kty, crv, x, y, alg, expired_at: expiredAt } = answer.key
  return { jwk: { kty, crv, x, y, alg }, expiredAtSeconds: expiredAt ?? null }
}

/** Refusals that concern the id that was asked for, not our own keys. */
const isAboutKey = (code: string | null): boolean =>
  code === 'INVALID_WEBHOOK_VERIFICATION_KEY_ID' || code === 'INVALID_FIELD' || code === 'NOT_FOUND'

/** Null in place of a fault that is an answer; any other fault goes on. */
function nullIf(isAnswer: (fault: GatewayFault) => boolean): (error: unknown) => null {
  return (error) => {
    if (error instanceof GatewayFault && isAnswer(error)) return null
    throw error
  }
}
