/** One event of a subject with its place on the shared ledger; what is not there yet is null. */
export type SubjectEntry = {
  readonly id: string
  readonly sequence: number
  readonly type: string
  readonly certainty: string
  readonly state: 'queued' | 'sent' | 'recorded' | 'final'
  readonly commitment: string | null
  readonly position: number | null
  readonly transactionHash: string | null
  readonly blockNumber: bigint | null
  readonly recordedAt: Date | null
  readonly finalAt: Date | null
}
