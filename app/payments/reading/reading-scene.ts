/** One reading of a payment, as far as what was taken back depends on it. */
export type ReadingScene = {
  readonly payment: {
    readonly id: string
    readonly customerId: string
    readonly savedMethodId: string | null
  }
  readonly isBankDebit: boolean
  readonly timeZone: string
  readonly now: Date
  /** A reading that began later than this one is booked already. */
  readonly isOvertaken: boolean
}
