/** What a buyer has to do about saved ways to pay, for their start page. */
import { accountWords, openLinkOf } from '#app/components/methods/bank-link-view.ts'
import { methodRow } from '#app/components/methods/method-view.ts'
import type { LinkStep } from '#app/payments/linked-banks/links/bank-link.ts'
import type { SavedMethod } from '#app/payments/methods/saved-method.ts'

/** One thing to do: what it is, and the words and address of the way there. */
export type MethodTask = {
  readonly key: string
  readonly text: string
  readonly label: string
  readonly href: string
}

type Link = Parameters<typeof openLinkOf>[0]

/** Steps at which nothing goes on before the buyer has done something. */
const WAITS: readonly LinkStep[] = ['agree', 'choose', 'repair']

/** Cards about to expire, methods that cannot be used, and bank accounts that were begun. */
export function methodTasks(
  methods: readonly SavedMethod[],
  links: readonly Link[],
  { base, ...reading }: Parameters<typeof openLinkOf>[1] & { base: string },
): MethodTask[] {
  const ofMethods = methods
    .map((method) => methodRow(method, reading.today, reading.locale))
    .flatMap(({ id, name, warning }) =>
      warning === null
        ? []
        : [{ key: id, text: `${name}: ${warning.text}`, label: 'See it', href: `${base}/methods/${id}` }],
    )
  const ofLinks = links
    .filter(({ step }) => WAITS.includes(step))
    .map((link) => {
      const { id, label } = openLinkOf(link, reading)
      return { key: id, text: accountWords(link), label, href: `${base}/methods/link/${id}` }
    })
  return [...ofMethods, ...ofLinks]
}
