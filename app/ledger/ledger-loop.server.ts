import { setTimeout as sleep } from 'node:timers/promises'
import { connectChain } from '#app/gateways/chain/client.server.ts'
import { isLocalChain } from '#app/gateways/chain/local-chain.ts'
import type { Chain, LedgerSigner } from '#app/gateways/chain/port.ts'
import { createLedgerSigner } from '#app/gateways/chain/signer.server.ts'
import { GatewayFault } from '#app/gateways/gateway-fault.ts'
import { env } from '#app/platform/env.server.ts'
import { log } from '#app/platform/log.server.ts'
import { broadcastWaiting } from './broadcast.server.ts'
import { checkStreams } from './check-stream.server.ts'
import { computeCommitments } from './compute-commitments.server.ts'
import { type FollowMemory, followChain } from './follow-chain.server.ts'
import { whileLeading } from './leadership.server.ts'
import { createNumberFloor, type NumberFloor } from './number-floor.ts'
import { raiseStuckFee, resendReverted } from './resend.server.ts'
import { type BatchRules, queueBatches } from './send-batches.server.ts'
import { readDeployedBooks, standUpLedger } from './stand-up-ledger.server.ts'

const PAUSE_MS = { local: 200, elsewhere: 1_500 }
const LONGEST_BACK_OFF_MS = 5_000
/** Rounds between looks at what is stuck or was refused. */
const MEND_EVERY = 50

export type LedgerSettings = {
  rpcUrl: string
  confirmations: number
  writerKey: string
  adminAddress?: string | undefined
}

/**
 * Carries ledger events to the chain and follows it, in one process at a time, until `signal` aborts. A chain that does not
 * answer only makes the queue longer; a chain that is not the one in the books stops the ledger's work by an error.
 */
export async function ledgerLoop(
  signal: AbortSignal,
  settings: LedgerSettings | undefined = env.chain,
): Promise<void> {
  await whileLeading('ledger', signal, async (leading) => {
    // When one of the two fails, the other ends with it.
    const failing = new AbortController()
    const both = AbortSignal.any([leading, failing.signal])
    const loops = [commitmentLoop(both), ...(settings === undefined ? [] : [chainLoop(settings, both)])]
    await Promise.all(loops.map((loop) => loop.finally(() => failing.abort())))
  })
}

async function commitmentLoop(signal: AbortSignal): Promise<void> {
  const floor = createNumberFloor()
  while (!signal.aborted) {
    const done = await computeCommitments(floor)
    if (done === 0) await pause(PAUSE_MS.local, signal)
  }
}

async function chainLoop(settings: LedgerSettings, signal: AbortSignal): Promise<void> {
  const floor = createNumberFloor()
  let backOffMs = PAUSE_MS.local
  while (!signal.aborted) {
    try {
      await withChain(settings, floor, signal, () => {
        if (backOffMs > PAUSE_MS.local) log.info('the chain answers again')
        backOffMs = PAUSE_MS.local
      })
    } catch (error) {
      if (!(error instanceof GatewayFault) || signal.aborted) throw error
      if (backOffMs === PAUSE_MS.local)
        log.warn({ err: error }, 'the chain does not answer; ledger events wait')
      backOffMs = Math.min(backOffMs * 2, LONGEST_BACK_OFF_MS)
      await pause(backOffMs, signal)
    }
  }
}

/** One connection: which chain it is and whether it holds our streams is asked once, then round after round. */
async function withChain(
  settings: LedgerSettings,
  floor: NumberFloor,
  signal: AbortSignal,
  answers: () => void,
): Promise<void> {
  const chain = await connectChain(settings.rpcUrl)
  try {
    const signer = createLedgerSigner(settings.writerKey, chain.chainId, settings.adminAddress)
    await checkStreams(chain)
    // A contract that was deployed with a key of its own is taken over here, and on a development chain one is put up;
    // to deploy with the writer's key elsewhere is a person's decision, by npm run deploy.
    const work = { chain, signer, floor, confirmations: settings.confirmations, memory: { head: null } }
    if (isLocalChain(chain.chainId) || readDeployedBooks(chain.chainId) !== undefined)
      await awaitLedger(work, signal, answers)
    for (let round = 1; !signal.aborted; round += 1) {
      const moved = await ledgerRound(work)
      answers()
      if (round % MEND_EVERY === 0) {
        await resendReverted(chain, signer)
        await raiseStuckFee(chain, signer)
      }
      if (!moved) await pause(isLocalChain(chain.chainId) ? PAUSE_MS.local : PAUSE_MS.elsewhere, signal)
    }
  } finally {
    chain.close()
  }
}

/** Begins a new contract once all of the last one's stream is on its chain, and brings that to an end first. */
async function awaitLedger(work: LedgerWork, signal: AbortSignal, answers: () => void): Promise<void> {
  const { chain, signer, confirmations, memory } = work
  for (let told = false; !signal.aborted; told = true) {
    const deployed = await standUpLedger(chain, signer)
    if (deployed.ok) return
    if (!told) log.warn({ refusal: deployed.refusal }, 'the new ledger contract has to wait')
    await followChain(chain, confirmations, memory)
    await broadcastWaiting(chain)
    answers()
    await pause(PAUSE_MS.local, signal)
  }
}

export type LedgerWork = {
  chain: Chain
  signer: LedgerSigner
  floor: NumberFloor
  confirmations: number
  memory: FollowMemory
  rules?: BatchRules
}

/** One round: see what the chain did, sign what waits, send what is not mined. Answers whether there was work. */
export async function ledgerRound(work: LedgerWork): Promise<boolean> {
  const { chain, signer, floor, confirmations, memory, rules } = work
  const blocks = await followChain(chain, confirmations, memory)
  const batches = await queueBatches(signer, chain, floor, rules)
  const sent = await broadcastWaiting(chain)
  return blocks + batches + sent > 0
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => {})
}
