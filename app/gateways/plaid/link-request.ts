import type { LinkInput } from '#app/gateways/plaid/port.ts'

/** Plaid shows at most so many characters of who asks. */
const LONGEST_NAME = 30

/**
 * What Plaid is asked for to show its page. A new link takes accounts that can be debited, and who holds them where the
 * bank tells; banks that prove no account are let in by micro-deposits. A repair keeps what the item has.
 */
export function linkRequest(input: LinkInput): object {
  const { itemAccess } = input
  const asked =
    itemAccess === undefined
      ? {
          products: ['auth'],
          required_if_supported_products: ['identity'],
          account_filters: { depository: { account_subtypes: ['checking', 'savings'] } },
          auth: { automated_microdeposits_enabled: true },
        }
      : {
          access_token: itemAccess.accessToken,
          ...(itemAccess.canChooseAccounts ? { update: { account_selection_enabled: true } } : {}),
        }
  return {
    client_name: input.supplierName.slice(0, LONGEST_NAME).trimEnd(),
    language: 'en',
    country_codes: ['US'],
    user: {
      client_user_id: input.customerRef,
      legal_name: input.legalName,
      email_address: input.email,
    },
    webhook: input.webhookUrl,
    hosted_link: { completion_redirect_uri: input.redirectUrl },
    ...asked,
  }
}
