/** What the customer says came: two amounts in cents, or the code from the bank statement. */
export type DepositAnswer = { amounts?: readonly number[] | undefined; code?: string | undefined }
export type DepositVerdict = 'right' | 'wrong' | 'malformed' | 'too_many_attempts' | 'timed_out'

/** Answers with a meaning of their own; every other one is wrong. */
const AMOUNTS: Record<string, DepositVerdict> = {
  '32 45': 'right',
  '10 11': 'too_many_attempts',
  '40 41': 'timed_out',
}
const CODES: Record<string, DepositVerdict> = {
  SM11AA: 'right',
  SM33CC: 'too_many_attempts',
  SM44DD: 'timed_out',
}

/** Judges an answer by the table of test values; the order of the amounts does not matter. */
export function judgeDeposits({ amounts, code }: DepositAnswer): DepositVerdict {
  if (code !== undefined) {
    const text = code.trim().toUpperCase()
    return /^SM[0-9A-Z]{4}$/.test(text) ? (CODES[text] ?? 'wrong') : 'malformed'
  }
  const [first, second] = [...(amounts ?? [])].sort((left, right) => left - right)
  const isPair =
    amounts?.length === 2 && [first, second].every((one) => Number.isInteger(one) && isCents(one))
  return isPair ? (AMOUNTS[`${first} ${second}`] ?? 'wrong') : 'malformed'
}

function isCents(amount: number | undefined): boolean {
  return amount !== undefined && amount >= 1 && amount <= 99
}
