import type { Chain } from '#app/gateways/chain/port.ts'
import { alarm, ChainDisaster, endAlarm } from './chain-alarm.server.ts'
import { foldEntries } from './chain-reader.ts'
import { entriesOfBooks, listDeployments } from './stream-of-books.server.ts'

/**
 * Compares the head of each of our streams on a chain with our books: whatever the contract holds must be what we queued, in
 * our order. Books that were restored from an old backup, or a key that is used elsewhere, show here. Throws ChainDisaster.
 */
export async function checkStreams(chain: Chain): Promise<void> {
  const all = await listDeployments()
  for (const deployment of all.filter((each) => each.chainId === chain.chainId)) {
    if (!(await chain.hasCode(deployment.address))) continue
    const head = await chain.streamHead(deployment.address, deployment.writerAddress)
    const count = Number.parseInt(head.slice(-8), 16)
    const entries = await entriesOfBooks(deployment, all)
    if (count <= entries.length && foldEntries(entries.slice(0, count)) === head) continue
    await alarm('chain.stream-differs', {
      subjectId: deployment.id,
      contract: deployment.address,
      entriesOnChain: count,
      entriesInBooks: entries.length,
    })
    throw new ChainDisaster(
      `the stream of ${deployment.writerAddress} in ${deployment.address} is not the one in the books`,
    )
  }
  await endAlarm('chain.stream-differs', 'the stream on chain is the one in the books')
}
