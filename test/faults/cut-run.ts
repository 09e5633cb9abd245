/** Payments through the portal while the connections between its processes and PostgreSQL misbehave. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '#scripts/seeded-random.ts'
import type { Pace } from '#test/faults/load.ts'
import type { Ending, Loss, TcpProxy } from '#test/support/tcp-proxy.ts'

/** One trouble with the database's connections. */
export type Trouble =
  | { kind: 'cut'; ending: Ending }
  | { kind: 'away'; ending: Ending; forMs: number }
  | { kind: 'stall'; forMs: number; thenCut: boolean }
  | { kind: 'delay'; byMs: number; forMs: number }
  | ({ kind: 'loss' } & Loss)

/** The ends of transactions, and statements that are transactions of their own or decide one. */
const TEXTS = ['COMMIT\0', 'COMMIT\0', 'open_payment', 'settle_payment', 'advance_payment', 'mark_attempt']
const LOSS_LIMIT_MS = 5_000

/** What so many payers do at once that no web process is ever idle, and none is out of breath. */
export const PACE: Pace = { perSecond: 4, atOnce: 20 }

/** How many invoices a run with so many troubles can use up. */
export const invoicesFor = (troubles: number): number => 100 + troubles * 25

/** The trouble that comes next: every kind in turn, the rest by chance. */
export function drawTrouble(place: number, random: Random): Trouble {
  const ending = random.pick<Ending>(['reset', 'close'])
  switch (place % 6) {
    case 0:
      return { kind: 'cut', ending }
    case 1:
      return { kind: 'away', ending, forMs: random.between(200, 1_500) }
    case 2:
      return { kind: 'stall', forMs: random.between(300, 2_000), thenCut: random.unit() < 0.5 }
    case 3:
      return { kind: 'delay', byMs: random.between(5, 60), forMs: random.between(300, 1_500) }
    case 4:
      return { kind: 'loss', text: 'COMMIT\0', when: 'swallowed', ending }
    default: {
      const when = random.pick<Loss['when']>(['unasked', 'unanswered', 'swallowed', 'forgotten'])
      return { kind: 'loss', text: random.pick(TEXTS), when, ending }
    }
  }
}

/** Makes the trouble and takes it back. False when it could not happen: no such text came by. */
export async function makeTrouble(database: TcpProxy, trouble: Trouble): Promise<boolean> {
  switch (trouble.kind) {
    case 'cut':
      database.cut(trouble.ending)
      return true
    case 'away':
      database.refuse()
      database.cut(trouble.ending)
      break
    case 'stall':
      database.stall()
      break
    case 'delay':
      database.delay(trouble.byMs)
      break
    case 'loss':
      return database.lose(trouble, LOSS_LIMIT_MS)
  }
  await sleep(trouble.forMs)
  if (trouble.kind === 'stall' && trouble.thenCut) database.cut('reset')
  database.resume()
  return true
}
