import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { createChainReader } from '#app/ledger/chain-reader.ts'
import { checkReport } from '#app/ledger/check-report.ts'
import { openFile } from '#app/ledger/open-file.ts'
import { formatStream, type LedgerStream, parseStream } from '#app/ledger/stream.ts'
import { verifyDisclosure } from '#app/ledger/verify-disclosure.ts'
import { parseWellKnown, WELL_KNOWN_PATH } from '#app/ledger/well-known.ts'

/**
 * Checks a disclosure file, or a receipt PDF that carries one, against a shared ledger; needs no portal and no account.
 * Exit code 0: verified. 1: contradicted, or the file is refused. 2: not anchored: no ledger was given, it could not be
 * read, or it does not hold every entry. 64: the command line is wrong.
 */
const USAGE = `npm run verify -- FILE --rpc URL --ledger CHAINID:ADDRESS:WRITER [--json]
npm run verify -- FILE --origin https://supplier.example [--rpc URL] [--json]

FILE      a disclosure (JSON), or a receipt (PDF) that carries one
--rpc     JSON-RPC address of the chain; may be given more than once
--ledger  the stream to believe: chain id, contract, writer, and optionally :FIRSTBLOCK; oldest first when given more than once
--origin  take the ledger from ${WELL_KNOWN_PATH} of this origin
--json    print the result as JSON`

type Arguments = {
  file: string
  rpcs: string[]
  ledgers: string[]
  origin: string | undefined
  json: boolean
}

/** Runs the command; answers the exit code and what to print. */
export async function verifyCommand(argv: readonly string[]): Promise<{ exitCode: number; output: string }> {
  const given = readArguments(argv)
  if (given === null) return { exitCode: 64, output: USAGE }
  const bytes = await readFile(given.file).catch(() => null)
  if (bytes === null) return { exitCode: 64, output: `There is no file ${given.file} that can be read.` }
  const trusted = await trustedLedger(given)
  if (typeof trusted === 'string') return { exitCode: 64, output: trusted }

  const opened = await openFile(new Uint8Array(bytes))
  if (!opened.ok) {
    const { code, sentence } = opened.refusal
    const output = given.json
      ? JSON.stringify({ outcome: 'refused', code, summary: sentence })
      : `Refused: ${sentence}`
    return { exitCode: 1, output }
  }
  const anchor =
    trusted.streams.length === 0
      ? null
      : { streams: trusted.streams, reader: createChainReader(trusted.rpcs) }
  const result = await verifyDisclosure(opened.disclosure, anchor)
  const output = given.json ? JSON.stringify(result, null, 2) : checkReport(result)
  return { exitCode: { verified: 0, contradicted: 1, unanchored: 2 }[result.outcome], output }
}

function readArguments(argv: readonly string[]): Arguments | null {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        rpc: { type: 'string', multiple: true },
        ledger: { type: 'string', multiple: true },
        origin: { type: 'string' },
        json: { type: 'boolean' },
      },
    })
    const [file] = positionals
    if (file === undefined || positionals.length > 1) return null
    const { rpc = [], ledger = [], origin, json = false } = values
    return { file, rpcs: rpc, ledgers: ledger, origin, json }
  } catch {
    return null
  }
}

/** The streams and endpoints to believe, from outside the file; or what is wrong with them. */
async function trustedLedger(
  given: Arguments,
): Promise<{ streams: LedgerStream[]; rpcs: string[] } | string> {
  const streams: LedgerStream[] = []
  for (const text of given.ledgers) {
    const stream = parseStream(text)
    if (stream === null) return `Not a ledger: ${text}\n\n${USAGE}`
    streams.push(stream)
  }
  const wrong = given.rpcs.find((url) => !/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
  if (wrong !== undefined) return `Not an address of a chain: ${wrong}\n\n${USAGE}`
  if (given.origin === undefined) return { streams, rpcs: given.rpcs }
  const published = await fetchWellKnown(given.origin)
  if (published === null)
    return `${given.origin} does not say which ledger is its: no ${WELL_KNOWN_PATH} there.`
  const rpcs = given.rpcs.length === 0 && published.rpc !== null ? [published.rpc] : given.rpcs
  // What was typed is not widened by what an origin says.
  return { streams: streams.length > 0 ? streams : published.streams, rpcs }
}

async function fetchWellKnown(origin: string): Promise<ReturnType<typeof parseWellKnown>> {
  try {
    const response = await fetch(new URL(WELL_KNOWN_PATH, origin), { signal: AbortSignal.timeout(20_000) })
    const published = parseWellKnown(await response.json())
    for (const stream of published?.streams ?? [])
      console.error(`${origin} says: --ledger ${formatStream(stream)}`)
    return published
  } catch {
    return null
  }
}

if (import.meta.main) {
  const { exitCode, output } = await verifyCommand(process.argv.slice(2))
  console.log(output)
  process.exitCode = exitCode
}
