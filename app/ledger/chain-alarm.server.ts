import { readNow } from '#app/platform/clock.server.ts'
import { db } from '#app/platform/db.server.ts'
import { log } from '#app/platform/log.server.ts'

export type ChainAlarm =
  | 'chain.refused'
  | 'chain.nonce-taken'
  | 'chain.reverted'
  | 'chain.reorganised-too-deep'
  | 'chain.stream-differs'

/** Puts what a person must look at on the list of exceptions; one open case per kind. */
export async function alarm(kind: ChainAlarm, detail: Readonly<Record<string, unknown>>): Promise<void> {
  log.error({ kind, ...detail }, 'the chain needs a person')
  await db.$queryRaw`SELECT open_exception(${kind}, ${kind}, ${JSON.stringify(detail)}::jsonb, ${await readNow()})`
}

/** Closes an open case of that kind, if there is one. */
export async function endAlarm(kind: ChainAlarm, resolution: string): Promise<void> {
  await db.$queryRaw`SELECT resolve_exception(${kind}, ${resolution}, ${await readNow()})`
}

/** The chain is not what the books were built on, and going on could make it worse: the ledger's work stops. */
export class ChainDisaster extends Error {
  override readonly name = 'ChainDisaster'
}
