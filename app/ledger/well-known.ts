import { z } from 'zod'
import { type LedgerStream, parseStream } from './stream.ts'

/**
 * The file /.well-known/quittance.json, by which a supplier's own site says which ledger is its. It is worth as much as the
 * origin it is fetched from. Specified in docs/ledger-format.md.
 */
export const WELL_KNOWN_PATH = '/.well-known/quittance.json'

const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/)
const decimal = z.string().regex(/^\d{1,18}$/)

const wellKnownSchema = z.object({
  version: z.literal(1),
  /** The supplier's streams, oldest first. */
  ledgers: z.array(z.object({ chainId: decimal, contract: address, fromBlock: decimal, writer: address })),
  /** Public JSON-RPC endpoint, when the supplier names one. */
  rpc: z.string().optional(),
})

export type WellKnown = { streams: LedgerStream[]; rpc: string | null }

/** The JSON value of the file. */
export function wellKnownFile(
  streams: readonly LedgerStream[],
  rpc: string | null,
): z.infer<typeof wellKnownSchema> {
  const ledgers = streams.map(({ chainId, contract, fromBlock, writer }) => ({
    chainId: chainId.toString(),
    contract,
    fromBlock: fromBlock.toString(),
    writer,
  }))
  return rpc === null ? { version: 1, ledgers } : { version: 1, ledgers, rpc }
}

/** What a fetched file says; null when it is no such file. */
export function parseWellKnown(value: unknown): WellKnown | null {
  const parsed = wellKnownSchema.safeParse(value)
  if (!parsed.success) return null
  const streams = parsed.data.ledgers.map((ledger) =>
    parseStream(`${ledger.chainId}:${ledger.contract}:${ledger.writer}:${ledger.fromBlock}`),
  )
  if (streams.includes(null)) return null
  return { streams: streams.filter((stream) => stream !== null), rpc: parsed.data.rpc ?? null }
}
