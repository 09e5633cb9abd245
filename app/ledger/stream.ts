/**
 * A writer's stream on a PaymentLedger contract, and the port through which a checker reads it. Hex is in lower case
 * with 0x. See docs/ledger-format.md.
 */
export type LedgerStream = {
  chainId: bigint
  contract: string
  writer: string
  /** First block to look at; nothing of the stream is before it. */
  fromBlock: bigint
}

export type ChainEntry = {
  subjectKey: string
  commitment: string
  writer: string
  blockNumber: bigint
  transactionHash: string
}

/** A stream as it stood at one block: entries in order, compared with the contract's own head. */
export type StreamSnapshot = {
  entries: ChainEntry[]
  /** The head's storage slot: running hash (28 bytes), count (4 bytes). */
  head: string
  /** Whether the head is proven against the block's hash; else it is what the endpoint says. */
  isProven: boolean
  blockNumber: bigint
  blockHash: string
}

export type ChainReader = {
  /** All entries of a stream. Throws ChainReadError when they do not add up to the head. */
  readStream: (stream: LedgerStream) => Promise<StreamSnapshot>
  /** All entries under a key in the stream's contract, by any writer. Throws ChainReadError. */
  readSubject: (stream: LedgerStream, subjectKey: string) => Promise<ChainEntry[]>
}

export type ChainReadCode =
  | 'unreachable'
  | 'bad_answer'
  | 'wrong_chain'
  | 'no_contract'
  | 'log_differs'
  | 'not_continued'

/** The chain could not be read, or what an endpoint answers does not add up. Says nothing about a disclosure. */
export class ChainReadError extends Error {
  override readonly name = 'ChainReadError'
  readonly code: ChainReadCode

  constructor(code: ChainReadCode, sentence: string) {
    super(sentence)
    this.code = code
  }
}

/**
 * A stream from the text CHAINID:ADDRESS:WRITER, with an optional fourth part, the first block to look at.
 * Null when the text is none.
 */
export function parseStream(text: string): LedgerStream | null {
  const match = /^(\d{1,18}):(0x[0-9a-fA-F]{40}):(0x[0-9a-fA-F]{40})(?::(\d{1,18}))?$/.exec(text.trim())
  if (match === null) return null
  const [, chainId = '', contract = '', writer = '', fromBlock = '0'] = match
  return {
    chainId: BigInt(chainId),
    contract: contract.toLowerCase(),
    writer: writer.toLowerCase(),
    fromBlock: BigInt(fromBlock),
  }
}

/** The text that `parseStream` reads. */
export function formatStream(stream: LedgerStream): string {
  return `${stream.chainId}:${stream.contract}:${stream.writer}:${stream.fromBlock}`
}
