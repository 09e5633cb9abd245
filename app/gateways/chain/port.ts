/** What we ask of an EVM chain, in our words. Hashes and addresses are hex in lower case with 0x. Calls throw GatewayFault. */
export type Chain = {
  readonly chainId: bigint
  /** The block of that number or the latest one; null when the chain does not have it (any more). */
  findBlock: (number: bigint | 'latest') => Promise<Block | null>
  /** Number of the last block that the chain itself calls final; null where it has no such notion. */
  findFinalizedNumber: () => Promise<bigint | null>
  findReceipt: (hash: string) => Promise<Receipt | null>
  /** How many transactions of an account are mined: its next nonce. */
  minedCount: (address: string) => Promise<number>
  hasCode: (address: string) => Promise<boolean>
  /** The head slot of a writer's stream in a PaymentLedger: 32 bytes. */
  streamHead: (contract: string, writer: string) => Promise<string>
  suggestFees: () => Promise<Fees>
  /** Hands a signed transaction to the chain; safe to repeat. */
  broadcast: (raw: string) => Promise<Broadcast>
  close: () => void
}

export type Block = {
  number: bigint
  hash: string
  parentHash: string
  transactionHashes: readonly string[]
}

export type Receipt = {
  blockNumber: bigint
  blockHash: string
  succeeded: boolean
  gasUsed: bigint
}

/** In wei per unit of gas. */
export type Fees = { maxFeePerGas: bigint; maxPriorityFeePerGas: bigint }

/**
 * `accepted`: it waits in the chain's pool, now or already before. `nonce_used`: a transaction with its nonce is mined,
 * this one or another. `refused`: the chain will not take it as it is, for example without money for gas.
 */
export type Broadcast = { kind: 'accepted' | 'nonce_used' } | { kind: 'refused'; reason: string }

/** A transaction that we signed. `raw` is what is stored before it is sent, and sent again when it has to be. */
export type SignedTransaction = { raw: string; hash: string }

/** Signs for one account on one chain. The key never leaves it. */
export type LedgerSigner = {
  readonly address: string
  readonly chainId: bigint
  /** Adds entries (64 bytes each, one after another) to the account's stream. */
  signAppend: (append: {
    contract: string
    expectedCount: number
    entries: Uint8Array
    nonce: number
    fees: Fees
  }) => SignedTransaction
  /** Deploys a PaymentLedger whose first writer is this account. Answers the contract's address too. */
  signDeployment: (deployment: { nonce: number; fees: Fees }) => SignedTransaction & { contract: string }
  /** Whether a stored raw deployment is of the contract that this program carries, with this writer and whatever admin. */
  isCurrentDeployment: (raw: string) => boolean
  feesOf: (raw: string) => Fees
  /** The same transaction as a stored one, with another nonce or other fees. */
  signAgain: (raw: string, changes: { nonce: number; fees: Fees }) => SignedTransaction
}
