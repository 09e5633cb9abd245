import { type Faults, WEBHOOK_FAULTS } from '#scripts/sandbox/faults.ts'

export type Trouble = { duplicate: boolean; badSignature: boolean; stale: boolean }
export type TroublePlan =
  | { outcome: 'send'; trouble: Trouble }
  | { outcome: 'drop' }
  | { outcome: 'hold'; waitMs: number }

/** Applies the planned webhook faults to one delivery of an event of `type`; one that was held is not held again. */
export function planTrouble(faults: Faults, type: string, isHeld: boolean): TroublePlan {
  const trouble: Trouble = { duplicate: false, badSignature: false, stale: false }
  for (const kind of WEBHOOK_FAULTS) {
    if ((kind === 'delay' || kind === 'shuffle') && isHeld) continue
    const fault = faults.take([kind], (one) => one.type === null || one.type === type)
    if (!fault) continue
    if (fault.kind === 'drop') return { outcome: 'drop' }
    if (fault.kind === 'delay') return { outcome: 'hold', waitMs: fault.delayMs }
    if (fault.kind === 'shuffle')
      return { outcome: 'hold', waitMs: Math.floor(Math.random() * fault.delayMs) }
    if (fault.kind === 'duplicate') trouble.duplicate = true
    if (fault.kind === 'bad_signature') trouble.badSignature = true
    if (fault.kind === 'stale_timestamp') trouble.stale = true
  }
  return { outcome: 'send', trouble }
}
