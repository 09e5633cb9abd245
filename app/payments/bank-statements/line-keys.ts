import type { AccountStatement, StatementLine } from '#app/payments/bank-statements/bank-statement.ts'

/**
 * What tells a movement from every other one: account, day, amount, texts, and its place among its equals. Two files that overlap
 * give a movement the same text, so it is taken in once; two equal movements of one day stay two.
 */
export function lineIdentities(statement: AccountStatement): string[] {
  const seen = new Map<string, number>()
  return statement.lines.map((line) => {
    const identity = identityOf(statement.account, line)
    const place = (seen.get(identity) ?? 0) + 1
    seen.set(identity, place)
    return JSON.stringify([identity, place])
  })
}

function identityOf(account: string, line: StatementLine): string {
  const { bookedOn, amount, reference, counterparty, description } = line
  const plain = account.replace(/[^0-9A-Za-z]/g, '').toUpperCase()
  return JSON.stringify([
    plain,
    amount.currency,
    bookedOn,
    amount.minor.toString(),
    reference,
    counterparty,
    description,
  ])
}
