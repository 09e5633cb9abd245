import { type TestBankAccount, testBankAccount } from '#scripts/sandbox/banking/test-accounts.ts'
import { type TestCard, testCard } from '#scripts/sandbox/checkout/test-cards.ts'
import { idOf, type MethodSecrets } from '#scripts/sandbox/kinds.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

type Reference = string | { id: string } | null

/** What the sandbox remembers beside a payment method. */
export function secretsOfMethod(sandbox: Sandbox, method: Reference): MethodSecrets {
  return sandbox.store.secretsOf('payment_method', idOf(method) ?? '')
}

/** Changes what is remembered beside a payment method. */
export function rememberOfMethod(sandbox: Sandbox, method: Reference, change: Partial<MethodSecrets>): void {
  const secrets = { ...secretsOfMethod(sandbox, method), ...change }
  sandbox.store.setSecrets('payment_method', idOf(method) ?? '', secrets)
}

/** The test card behind a card, a wallet or Link. */
export function cardBehind(sandbox: Sandbox, method: Reference): TestCard {
  const { card } = secretsOfMethod(sandbox, method)
  if (!card) throw new Error(`No card is behind ${idOf(method)}`)
  return testCard(card)
}

/** The test bank account behind a payment method. */
export function bankBehind(sandbox: Sandbox, method: Reference): TestBankAccount {
  const { bank } = secretsOfMethod(sandbox, method)
  if (!bank) throw new Error(`No bank account is behind ${idOf(method)}`)
  return testBankAccount(bank)
}
