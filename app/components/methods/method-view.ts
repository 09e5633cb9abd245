import { encodeId } from '#app/books/ids.ts'
import {
  expiryOf,
  lastDayOf,
  methodName,
  type SavedMethod,
  suspendedSentence,
} from '#app/payments/methods/saved-method.ts'
import { type BusinessDate, formatBusinessDate } from '#app/platform/time.ts'

/** A way to pay as pages show it. */
export type MethodRow = {
  readonly id: string
  readonly name: string
  /** "Card", "Bank account", "Link". */
  readonly kind: string
  readonly expiry: string | null
  readonly isDefault: boolean
  /** What is wrong with it, or will be soon; `tone` says how bad. */
  readonly warning: { readonly tone: 'amber' | 'brick'; readonly text: string } | null
  readonly usedBy: string | null
}

const KINDS: Readonly<Record<SavedMethod['kind'], string>> = {
  card: 'Card',
  us_bank_account: 'Bank account',
  link: 'Link',
}

export function methodRow(method: SavedMethod, today: BusinessDate, locale: string): MethodRow {
  const lastDay = lastDayOf(method)
  return {
    id: encodeId('met', method.id),
    name: methodName(method),
    kind: KINDS[method.kind],
    expiry: lastDay && formatBusinessDate(lastDay, locale),
    isDefault: method.isDefault,
    warning: warningOf(method, today),
    usedBy: method.enrollments > 0 ? 'Autopay' : null,
  }
}

function warningOf(method: SavedMethod, today: BusinessDate): MethodRow['warning'] {
  if (method.state === 'suspended') return { tone: 'brick', text: suspendedSentence(method.suspendedReason) }
  switch (expiryOf(method, today)) {
    case 'expired':
      return { tone: 'brick', text: 'This card has expired. Add the new one.' }
    case 'soon':
      return { tone: 'amber', text: 'This card expires soon. Add the new one before it does.' }
    case 'none':
    case 'good':
      return null
  }
}
