/** How a refusal is answered, logged and said. The sentence says what happened and what to do. */
export type RefusalEntry = {
  readonly status: number
  readonly level: 'info' | 'warn'
  readonly sentence: string
}
