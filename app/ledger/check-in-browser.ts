import { createChainReader } from './chain-reader.ts'
import type { CheckResult } from './check-result.ts'
import { openFile } from './open-file.ts'
import { type LedgerStream, parseStream } from './stream.ts'
import { verifyDisclosure } from './verify-disclosure.ts'
import { parseWellKnown, WELL_KNOWN_PATH, type WellKnown } from './well-known.ts'

/** What a person typed on the page on which anyone checks a receipt. */
export type CheckRequest = {
  file: Uint8Array | null
  /** What to believe: what an origin publishes, what was typed, or nothing. */
  trust: 'origin' | 'typed' | 'nothing'
  origin: string
  chainId: string
  contract: string
  writer: string
  rpc: string
}

/** The fields of the page, by the id of their control. */
export type CheckProblem = {
  fieldId: 'file' | 'origin' | 'chainId' | 'contract' | 'writer' | 'rpc'
  message: string
}

export type CheckAnswer =
  | { kind: 'incomplete'; problems: CheckProblem[] }
  | { kind: 'refused'; sentence: string }
  | { kind: 'checked'; result: CheckResult; source: string; fromPdf: boolean }

type Trusted = { streams: LedgerStream[]; rpc: string; source: string }

/** Checks what was handed in against what was typed, with nothing but `fetch`. Never throws for bad input. */
export async function checkInBrowser(request: CheckRequest): Promise<CheckAnswer> {
  const { file } = request
  if (file === null) return incomplete({ fieldId: 'file', message: 'Choose the file to check.' })
  const opened = await openFile(file)
  if (!opened.ok) return { kind: 'refused', sentence: opened.refusal.sentence }
  const trusted = await trustedLedger(request)
  if ('problems' in trusted) return { kind: 'incomplete', problems: trusted.problems }
  const anchor =
    trusted.streams.length === 0
      ? null
      : { streams: trusted.streams, reader: createChainReader([trusted.rpc]) }
  const result = await verifyDisclosure(opened.disclosure, anchor)
  return { kind: 'checked', result, source: trusted.source, fromPdf: opened.isPdf }
}

function incomplete(...problems: CheckProblem[]): { kind: 'incomplete'; problems: CheckProblem[] } {
  return { kind: 'incomplete', problems }
}

async function trustedLedger(request: CheckRequest): Promise<Trusted | { problems: CheckProblem[] }> {
  if (request.trust === 'nothing') return { streams: [], rpc: '', source: 'nothing outside the file' }
  if (request.trust === 'typed') return typedLedger(request)
  const published = await fetchWellKnown(request.origin.trim())
  if (typeof published === 'string') return incomplete({ fieldId: 'origin', message: published })
  const rpc = request.rpc.trim() || (published.rpc ?? '')
  if (!isHttp(rpc))
    return incomplete({
      fieldId: 'rpc',
      message: 'That website names no address of its chain. Enter one of your choice.',
    })
  return {
    streams: published.streams,
    rpc,
    source: `what ${new URL(request.origin.trim()).origin} says of itself`,
  }
}

function typedLedger(request: CheckRequest): Trusted | { problems: CheckProblem[] } {
  const problems: CheckProblem[] = []
  const demand = (
    fieldId: CheckProblem['fieldId'],
    pattern: RegExp,
    value: string,
    message: string,
  ): void => {
    if (!pattern.test(value.trim())) problems.push({ fieldId, message })
  }
  demand('chainId', /^\d{1,18}$/, request.chainId, 'Enter the chain’s number, such as 8453.')
  demand(
    'contract',
    /^0x[0-9a-fA-F]{40}$/,
    request.contract,
    'Enter the contract’s address: 0x and 40 hexadecimal digits.',
  )
  demand(
    'writer',
    /^0x[0-9a-fA-F]{40}$/,
    request.writer,
    'Enter the writer’s address: 0x and 40 hexadecimal digits.',
  )
  if (!isHttp(request.rpc.trim()))
    problems.push({
      fieldId: 'rpc',
      message: 'Enter an address of the chain that begins with http:// or https://.',
    })
  const stream = parseStream(
    [request.chainId, request.contract, request.writer].map((part) => part.trim()).join(':'),
  )
  if (problems.length > 0 || stream === null) return { problems }
  return { streams: [stream], rpc: request.rpc.trim(), source: 'what you typed' }
}

async function fetchWellKnown(origin: string): Promise<WellKnown | string> {
  if (!isHttp(origin))
    return 'Enter a website’s address that begins with https:// (or http:// on your own machine).'
  try {
    const response = await fetch(new URL(WELL_KNOWN_PATH, origin), {
      signal: AbortSignal.timeout(20_000),
      credentials: 'omit',
    })
    const published = parseWellKnown(await response.json())
    if (published !== null && published.streams.length > 0) return published
    return published === null
      ? 'That website does not say which ledger is its.'
      : 'That website has no ledger yet. Try again in a minute.'
  } catch {
    return 'That website cannot be reached, or does not say which ledger is its.'
  }
}

function isHttp(address: string): boolean {
  return /^https?:$/.test(URL.parse(address)?.protocol ?? '')
}
