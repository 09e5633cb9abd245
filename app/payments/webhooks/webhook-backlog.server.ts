import type { WebhookBacklog } from '#app/payments/webhooks/webhook-backlog.ts'
import { db } from '#app/platform/db.server.ts'

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
