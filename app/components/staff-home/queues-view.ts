/** The words of the page of queues: counts, lags, and what failed. */

import { agoWords, secondsWords } from '#app/components/ago-words.ts'
import type { ChainQueue, Waiting } from '#app/ledger/chain-queue.ts'
import type { WebhookBacklog } from '#app/payments/webhooks/webhook-backlog.ts'
import type { TaskLoad, TroubledJob } from '#app/platform/job-load.ts'
import { formatInstant } from '#app/platform/time.ts'

type Words = { readonly locale: string; readonly timeZone: string; readonly now: Date }

/** "3, the oldest for 5 minutes", or "none". */
function waitingWords({ count, oldestAt }: Waiting, now: Date): string {
  if (count === 0) return 'none'
  return oldestAt === null ? String(count) : `${count}, the oldest for ${agoWords(oldestAt, now)}`
}

/** Jobs by name as rows of a table. */
export function taskRows(loads: readonly TaskLoad[]) {
  return loads.map(({ task, waiting, later, running, failing, failed, lagSeconds }) => ({
    task,
    counts: [waiting, later, running, failing, failed].map(String),
    lag: lagSeconds === null ? '' : secondsWords(lagSeconds),
  }))
}

/** Jobs that failed, with what went wrong. */
export function troubledJobRows(jobs: readonly TroubledJob[], { locale, timeZone }: Words) {
  return jobs.map((job) => ({
    id: job.id,
    task: job.task,
    key: job.key ?? '',
    state: job.isRunning ? 'running now' : job.isFailed ? 'failed for good' : 'will be tried again',
    tries: `${job.attempts} of ${job.maxAttempts}`,
    next: job.isFailed || job.isRunning ? '' : formatInstant(job.nextRunAt, timeZone, locale),
    error: job.lastError ?? '',
    canTry: !job.isRunning,
  }))
}

const STATE_WORDS: Readonly<Record<ChainQueue['transactions'][number]['state'], string>> = {
  queued: 'Signed, not sent yet',
  sent: 'Sent, not in a block yet',
  recorded: 'Recorded, not final yet',
  final: 'Final',
  reverted: 'Turned down by the chain',
}

/** How ledger events get to the chain, step by step. */
export function chainSteps(queue: ChainQueue, { now }: Words): readonly (readonly [string, string])[] {
  const states = Object.entries(STATE_WORDS) as [keyof typeof STATE_WORDS, string][]
  return [
    ['Events waiting for their commitment', waitingWords(queue.uncommitted, now)],
    ['Commitments waiting for a transaction', waitingWords(queue.unqueued, now)],
    ...states.flatMap(([state, words]): [string, string][] => {
      const found = queue.transactions.find((each) => each.state === state)
      if (found === undefined) return state === 'reverted' ? [] : [[`Transactions: ${words}`, 'none']]
      return [[`Transactions: ${words}`, state === 'final' ? String(found.count) : waitingWords(found, now)]]
    }),
    ['Last block followed', queue.lastBlock?.toLocaleString('en-US') ?? 'none yet'],
  ]
}

/** The contract, who writes to it, and what the writer can pay for gas. `balanceWei` is null when nobody could say. */
export function deploymentFacts(
  { deployment }: ChainQueue,
  balanceWei: bigint | null,
  { locale, timeZone }: Words,
): readonly (readonly [string, string])[] {
  if (deployment === null) return []
  return [
    ['Chain', deployment.chainId.toString()],
    ['Ledger contract', deployment.address],
    ['Writer', deployment.writer],
    [
      'Writer’s balance',
      balanceWei === null ? 'the chain did not say' : `${etherWords(balanceWei)} of the chain’s coin`,
    ],
    ['In use since', formatInstant(deployment.since, timeZone, locale)],
  ]
}

const WEI_DIGITS = 18
const SHOWN_DIGITS = 6

/** Wei as a decimal of the chain's coin, cut to six digits. */
function etherWords(wei: bigint): string {
  const digits = wei.toString().padStart(WEI_DIGITS + 1, '0')
  const whole = BigInt(digits.slice(0, -WEI_DIGITS)).toLocaleString('en-US')
  return `${whole}.${digits.slice(-WEI_DIGITS).slice(0, SHOWN_DIGITS)}`
}

/** The inbox of the card service's events. */
export function webhookRows(backlog: WebhookBacklog, { now }: Words) {
  return {
    summary: waitingWords(backlog, now),
    last: backlog.lastReceivedAt === null ? 'none yet' : `${agoWords(backlog.lastReceivedAt, now)} ago`,
    events: backlog.events.map((event) => ({
      id: event.id,
      type: event.type,
      since: agoWords(event.receivedAt, now),
      tries: String(event.attempts),
      error: event.lastError ?? '',
    })),
  }
}
