/** The one pair of keys that is let in; worth nothing anywhere else. */
export const PLAID_CLIENT_ID = 'sandbox-client'
export const PLAID_SECRET = 'sandbox-secret'
