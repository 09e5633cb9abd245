import { z } from 'zod'
import type { BankAccount } from '#scripts/sandbox/plaid/records.ts'

const amount = z.number().min(-1e12).max(1e12)
const DEFAULT_ROUTING = '011401533'

/** The part of the provider's description of a custom user that concerns bank accounts; the rest is passed over. */
const CUSTOM_USER = z.object({
  override_accounts: z.array(
    z.object({
      type: z.string().default('depository'),
      subtype: z.string().default('checking'),
      starting_balance: amount.default(1_000),
      force_available_balance: amount.optional(),
      currency: z.string().length(3).default('USD'),
      meta: z
        .object({
          name: z.string().optional(),
          official_name: z.string().optional(),
          mask: z.string().optional(),
        })
        .default({}),
      numbers: z
        .object({
          account: z.string().optional(),
          ach_routing: z.string().optional(),
          ach_wire_routing: z.string().optional(),
        })
        .default({}),
      identity: z
        .object({
          names: z.array(z.string()).default([]),
          emails: z.array(z.object({ data: z.string() })).default([]),
          phone_numbers: z.array(z.object({ data: z.string() })).default([]),
        })
        .default({ names: [], emails: [], phone_numbers: [] }),
    }),
  ),
})
type CustomAccount = z.infer<typeof CUSTOM_USER>['override_accounts'][number]

/** The accounts that a custom user's password describes, or null when it describes none. */
export function parseCustomUser(password: string): BankAccount[] | null {
  const parsed = CUSTOM_USER.safeParse(readJson(password))
  if (!parsed.success) return null
  return parsed.data.override_accounts
    .filter(({ type, subtype }) => type === 'depository' && (subtype === 'checking' || subtype === 'savings'))
    .map(bankAccount)
}

function bankAccount(custom: CustomAccount, index: number): BankAccount {
  const { meta, numbers, identity } = custom
  const subtype = custom.subtype === 'savings' ? 'savings' : 'checking'
  const account = numbers.account ?? `11112222333344${String(index).padStart(2, '0')}`
  return {
    name: meta.name ?? (subtype === 'savings' ? 'Custom Savings' : 'Custom Checking'),
    official_name: meta.official_name ?? null,
    mask: meta.mask ?? account.slice(-4),
    subtype,
    holder_category: 'business',
    available_cents: toCents(custom.force_available_balance ?? custom.starting_balance),
    current_cents: toCents(custom.starting_balance),
    currency: custom.currency,
    numbers: {
      account,
      routing: numbers.ach_routing ?? DEFAULT_ROUTING,
      wire_routing: numbers.ach_wire_routing ?? DEFAULT_ROUTING,
    },
    holder: {
      names: identity.names,
      emails: identity.emails.map(({ data }) => data),
      phones: identity.phone_numbers.map(({ data }) => data),
      addresses: [],
    },
  }
}

const toCents = (major: number): number => Math.round(major * 100)

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
