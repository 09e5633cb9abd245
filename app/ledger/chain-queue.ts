/** How far ledger events have come on their way to the chain. */

/** A transaction on its way; `reverted` was mined without effect. */
export type TransactionState = 'queued' | 'sent' | 'recorded' | 'final' | 'reverted'

/** How many wait at one step, and since when the oldest does. */
export type Waiting = { readonly count: number; readonly oldestAt: Date | null }

export type ChainQueue = {
  /** Events whose commitment is not computed yet. */
  readonly uncommitted: Waiting
  /** Commitments that are in no transaction yet. */
  readonly unqueued: Waiting
  readonly transactions: readonly ({ readonly state: TransactionState } & Waiting)[]
  /** Transactions that the chain refused or turned down, with what it said; the oldest first. */
  readonly refused: readonly {
    readonly hash: string
    readonly nonce: number
    readonly state: TransactionState
    readonly error: string | null
  }[]
  readonly lastBlock: bigint | null
  readonly deployment: {
    readonly chainId: bigint
    readonly address: string
    readonly writer: string
    readonly since: Date
  } | null
}
