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
