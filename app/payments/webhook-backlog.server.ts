import { db } from '#app/platform/db.server.ts'

/** Events of the processor that were stored and not worked off yet. */
export type WebhookBacklog = {
  readonly count: number
  readonly oldestAt: Date | null
  readonly events: readonly {
    readonly id: string
    readonly type: string
    readonly receivedAt: Date
    readonly attempts: number
    readonly lastError: string | null
  }[]
  /** When the last event of any kind arrived; null before the first. */
  readonly lastReceivedAt: Date | null
}

const SHOWN = 20

/** The inbox of the processor's events: how many wait, and the oldest of them. */
export async function readWebhookBacklog(): Promise<WebhookBacklog> {
  const [waiting, last, events] = await Promise.all([
    db.webhookInbox.aggregate({ where: { processedAt: null }, _count: true, _min: { receivedAt: true } }),
    db.webhookInbox.aggregate({ _max: { receivedAt: true } }),
    db.webhookInbox.findMany({
      where: { processedAt: null },
      orderBy: [{ receivedAt: 'asc' }, { id: 'asc' }],
      take: SHOWN,
      select: { id: true, type: true, receivedAt: true, attempts: true, lastError: true },
    }),
  ])
  return {
    count: waiting._count,
    oldestAt: waiting._min.receivedAt,
    lastReceivedAt: last._max.receivedAt,
    events,
  }
}
