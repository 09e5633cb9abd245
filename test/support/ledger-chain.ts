import { setTimeout as sleep } from 'node:timers/promises'
import { hexlify, randomBytes, SigningKey } from 'ethers'
import { connectChain } from '#app/gateways/chain/client.server.ts'
import type { Chain, LedgerSigner } from '#app/gateways/chain/port.ts'
import { createLedgerSigner } from '#app/gateways/chain/signer.server.ts'
import { computeCommitments } from '#app/ledger/compute-commitments.server.ts'
import { awaitDeployment, deployLedger } from '#app/ledger/deploy-ledger.server.ts'
import { ledgerRound } from '#app/ledger/ledger-loop.server.ts'
import { createNumberFloor } from '#app/ledger/number-floor.ts'
import { BATCH_RULES, type BatchRules } from '#app/ledger/send-batches.server.ts'
import { db } from '#app/platform/db.server.ts'

/** A JSON-RPC call to a development chain, beyond what the product itself asks for. */
export async function chainRpc<T>(url: string, method: string, params: readonly unknown[] = []): Promise<T> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  const answer = (await response.json()) as { result: T; error?: { message: string } }
  if (answer.error) throw new Error(`${method}: ${answer.error.message}`)
  return answer.result
}

/** A new writer's key, as hex. */
export function newWriterKey(): string {
  return new SigningKey(randomBytes(32)).privateKey
}

/** Gives an account play money, as the supervisor does at each start of the embedded chain. */
export async function fund(url: string, address: string): Promise<void> {
  await chainRpc(url, 'anvil_setBalance', [address, hexlify(Uint8Array.of(0x10, ...new Uint8Array(9)))])
}

export type LedgerUnderTest = {
  chain: Chain
  signer: LedgerSigner
  /** One pass of everything that the worker does for the ledger; with two empty blocks, so that confirmations arrive. */
  round: () => Promise<void>
  /** Rounds until every event is final on the chain. Throws when that takes longer than `limitMs`. */
  settle: (limitMs?: number) => Promise<void>
  close: () => void
}

/** The ledger's work against one chain, step by step and without a worker process. Deploys the contract when there is none. */
export async function ledgerUnderTest(
  url: string,
  writerKey: string,
  rules: BatchRules = BATCH_RULES,
): Promise<LedgerUnderTest> {
  const chain = await connectChain(url)
  const signer = createLedgerSigner(writerKey, chain.chainId)
  await fund(url, signer.address)
  const deployed = await deployLedger(chain, signer)
  if (!deployed.ok) throw new Error(deployed.refusal.sentence)
  await awaitDeployment(chain, deployed.deployment, 10_000)
  const floors = { commitments: createNumberFloor(), batches: createNumberFloor() }
  const memory = { head: null }
  const round = async (): Promise<void> => {
    while ((await computeCommitments(floors.commitments)) > 0);
    await ledgerRound({ chain, signer, floor: floors.batches, confirmations: 2, memory, rules })
  }
  const settle = async (limitMs = 30_000): Promise<void> => {
    for (const startedAt = performance.now(); performance.now() - startedAt < limitMs; await sleep(50)) {
      await round()
      if ((await openEvents()) === 0) return
      if ((await unminedTransactions()) === 0) await chainRpc(url, 'anvil_mine', ['0x2'])
    }
    throw new Error(`${await openEvents()} ledger events are not final after ${limitMs} ms`)
  }
  return { chain, signer, round, settle, close: () => chain.close() }
}

/** Ledger events that are not final on the chain. */
export async function openEvents(): Promise<number> {
  return db.ledgerEvent.count({
    where: { OR: [{ entry: null }, { entry: { transaction: { status: { state: { not: 'final' } } } } }] },
  })
}

async function unminedTransactions(): Promise<number> {
  return db.chainTransactionStatus.count({ where: { state: { in: ['queued', 'sent'] } } })
}
