/** Ways to pay that the sandbox has; a request may allow fewer. */
export const METHOD_TYPES = ['card', 'link', 'us_bank_account'] as const
export type MethodType = (typeof METHOD_TYPES)[number]

type Wish = {
  allowed: readonly string[] | null
  currency: string | null
  /** Link can be hidden for one page. */
  hidesLink?: boolean
}

/** The ways to pay that are offered: what is allowed, and bank debits for US dollars only. */
export function offeredMethods({ allowed, currency, hidesLink = false }: Wish): MethodType[] {
  return METHOD_TYPES.filter((type) => {
    if (allowed && !allowed.includes(type)) return false
    if (type === 'link' && hidesLink) return false
    return type !== 'us_bank_account' || currency === null || currency === 'usd'
  })
}
