/**
 * The fields of Plaid's answers that we rely on. Anything else may come and go; a missing or mistyped one of these makes
 * the answer malformed.
 */
import { z } from 'zod'

const id = z.string().min(1)
const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text))
const score = z.number().min(0).max(100).nullish()

export const startedLinkAnswer = z.object({
  link_token: id,
  hosted_link_url: z.url({ protocol: /^https?$/ }),
  expiration: instant,
})

const institution = z.object({ institution_id: id.optional(), name: z.string().optional() }).nullish()

const sharedAccount = z.object({
  id,
  name: z.string().catch(''),
  mask: z.string().nullish(),
  subtype: z.string().nullish(),
  verification_status: z.string().nullish(),
})
export type SharedAccountAnswer = z.infer<typeof sharedAccount>

const exit = z.object({ error: z.object({ error_code: z.string() }).nullish() }).nullish()

const linkSession = z.object({
  finished_at: z.string().nullish(),
  on_success: z
    .object({ metadata: z.object({ institution, accounts: z.array(sharedAccount).optional() }).nullish() })
    .nullish(),
  exit,
  on_exit: exit,
  results: z
    .object({
      item_add_results: z.array(
        z.object({ public_token: id, accounts: z.array(sharedAccount), institution }),
      ),
    })
    .nullish(),
})
export type LinkSessionAnswer = z.infer<typeof linkSession>

export const linkAnswer = z.object({ link_sessions: z.array(linkSession).default([]) })

export const exchangeAnswer = z.object({ item_id: id, access_token: id })

export const itemAnswer = z.object({
  item: z.object({ error: z.object({ error_type: z.string(), error_code: z.string() }).nullish() }),
})
export type ItemAnswer = z.infer<typeof itemAnswer>

export const accountsAnswer = z.object({
  accounts: z.array(
    z.object({
      account_id: id,
      name: z.string(),
      mask: z.string().nullish(),
      subtype: z.string().nullish(),
      verification_status: z.string().nullish(),
      balances: z.object({
        available: z.number().nullish(),
        current: z.number().nullish(),
        iso_currency_code: z.string().nullish(),
      }),
    }),
  ),
})
export type AccountAnswer = z.infer<typeof accountsAnswer>['accounts'][number]

export const identityAnswer = z.object({
  accounts: z.array(
    z.object({
      account_id: id,
      legal_name: z.object({ score, is_business_name_detected: z.boolean().nullish() }),
      email_address: z.object({ score }),
    }),
  ),
})
export type IdentityAnswer = z.infer<typeof identityAnswer>['accounts'][number]

export const holdersAnswer = z.object({
  accounts: z.array(
    z.object({ account_id: id, owners: z.array(z.object({ names: z.array(z.string()) })).nullish() }),
  ),
})

const risk = z.object({ score: z.number() }).nullish()

export const signalAnswer = z.object({
  scores: z.object({ bank_initiated_return_risk: risk, customer_initiated_return_risk: risk }).nullish(),
  ruleset: z.object({ result: z.string() }).nullish(),
})
export type SignalAnswer = z.infer<typeof signalAnswer>

export const bankTokenAnswer = z.object({ stripe_bank_account_token: z.string().regex(/^btok_\w+$/) })

/** A public key for webhooks; only the one kind that Plaid signs with. */
export const webhookKeyAnswer = z.object({
  key: z.object({
    alg: z.literal('ES256'),
    crv: z.literal('P-256'),
    kty: z.literal('EC'),
    kid: id,
    x: id,
    y: id,
    expired_at: z.number().nullish(),
  }),
})

const optionalText = z.string().min(1).nullish().catch(null)

/** A webhook only says where to look: what of it cannot be read is left out, so that no kind is turned away. */
export const webhookBody = z.object({
  webhook_type: z.string().min(1),
  webhook_code: z.string().min(1),
  item_id: optionalText,
  link_token: optionalText,
  account_id: optionalText,
  disconnect_time: instant.nullish().catch(null),
  consent_expiration_time: instant.nullish().catch(null),
})
export type WebhookBody = z.infer<typeof webhookBody>
