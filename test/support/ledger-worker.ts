/** A process that does nothing but the ledger's work, as the worker does beside its jobs. Ends with its parent. */
import { ledgerLoop } from '#app/ledger/ledger-loop.server.ts'

const stopping = new AbortController()
process.once('disconnect', () => stopping.abort())
await ledgerLoop(stopping.signal)
process.exit(0)
