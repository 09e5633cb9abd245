/** A model of the token that plans are paid in: balances, allowances, and the ways in which it may refuse to move them. */

export const ACCOUNTS = ['alice', 'bob', 'carol', 'stranger'] as const
export type Account = (typeof ACCOUNTS)[number]

/** Under the last two nothing moves: one answers false, the other reverts. */
export const MANNERS = ['Proper', 'NoReturnValue', 'ReturnsFalse', 'Paused'] as const
export type Manner = (typeof MANNERS)[number]

export type Token = {
  balances: Record<Account | 'contract', bigint>
  /** What each account lets the contract take. */
  allowances: Record<Account, bigint>
  blocked: Record<Account, boolean>
  manner: Manner
}

/** What happens to the token between two calls of the contract. */
export type TokenEvent =
  | { name: 'tap' | 'approve' | 'shrink'; account: Account; amount: bigint }
  | { name: 'setBlocked'; account: Account; isBlocked: boolean }
  | { name: 'setManner'; manner: Manner }

/** An allowance that is not used up. */
export const FOREVER = 2n ** 256n - 1n

/** A token of which every account has and allows the same. */
export function evenToken(purse: bigint): Token {
  const everyone = <T>(value: T): Record<Account, T> => ({
    alice: value,
    bob: value,
    carol: value,
    stranger: value,
  })
  return {
    balances: { ...everyone(purse), contract: 0n },
    allowances: everyone(purse),
    blocked: everyone(false),
    manner: 'Proper',
  }
}

/** The error with which the contract's attempt to move this ends, if any. */
export function movementRefusal(token: Token, from: Account, to: Account, amount: bigint): string | null {
  if (token.manner === 'ReturnsFalse') return 'SafeERC20FailedOperation'
  if (token.allowances[from] < amount) return 'ERC20InsufficientAllowance'
  if (token.blocked[from] || token.blocked[to]) return 'HostileToken_Blocked'
  if (token.manner === 'Paused') return 'HostileToken_Paused'
  if (token.balances[from] < amount) return 'ERC20InsufficientBalance'
  return null
}

export function move(token: Token, from: Account, to: Account, amount: bigint): void {
  token.balances[from] -= amount
  token.balances[to] += amount
  if (token.allowances[from] !== FOREVER) token.allowances[from] -= amount
}

export function happen(token: Token, event: TokenEvent): void {
  switch (event.name) {
    case 'tap':
      token.balances[event.account] += event.amount
      return
    case 'shrink':
      token.balances[event.account] -= event.amount
      return
    case 'approve':
      token.allowances[event.account] = event.amount
      return
    case 'setBlocked':
      token.blocked[event.account] = event.isBlocked
      return
    case 'setManner':
      token.manner = event.manner
  }
}
