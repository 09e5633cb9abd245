/** The gas table: what was measured beside goals and peers, as Markdown. */

import { CALIBRATION_TOLERANCE, GAS_GOALS, type Operation, USDC_BARE } from './goals.ts'
import type { Bare, Measured } from './measure.ts'

const gas = (figure: number): string => figure.toLocaleString('en-US')
const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

/** Most that an operation may take: its goal, or the limit of an exception that is explained. */
export function limitOf(operation: Operation): number {
  const { goal, exception } = GAS_GOALS[operation]
  return exception?.limit ?? goal
}

/** Every operation that took more than it may. */
export function missedIn(usdc: Measured): Operation[] {
  return OPERATIONS.filter((operation) => usdc[operation] > limitOf(operation))
}

/** How far a bare transaction is from that of USDC, as a part of it. */
export function deviation(bare: Bare, call: keyof Bare): number {
  return bare[call] / USDC_BARE[call] - 1
}

/** Bare calls of the USDC-like token that do not cost what USDC's cost. */
export function uncalibratedIn(bare: Bare): (keyof Bare)[] {
  return BARE_CALLS.filter((call) => Math.abs(deviation(bare, call)) > CALIBRATION_TOLERANCE)
}

export function settlementTable(usdc: Measured, plain: Measured): string {
  const notes = OPERATIONS.filter((operation) => GAS_GOALS[operation].exception !== undefined)
  const rows = OPERATIONS.map((operation) => {
    const { name, goal, bestPeer, otherPeers } = GAS_GOALS[operation]
    const note = notes.includes(operation) ? ` (${notes.indexOf(operation) + 1})` : ''
    const verdict = usdc[operation] <= goal ? 'met' : `MISSED${note}`
    return line([
      name,
      gas(usdc[operation]),
      `≤ ${gas(goal)}`,
      verdict,
      gas(plain[operation]),
      bestPeer,
      otherPeers,
    ])
  })
  const reasons = notes.map((operation, index) => {
    const { exception } = GAS_GOALS[operation]
    return `(${index + 1}) at most ${gas(exception?.limit ?? 0)}: ${exception?.reason}`
  })
  return [
    line(['operation', 'USDC-like', 'goal', '', 'plain token', 'best peer, USDC', 'other peers, USDC']),
    line(['---', '---:', '---:', '---', '---:', '---', '---']),
    ...rows,
    ...(reasons.length === 0 ? [] : ['', ...reasons]),
  ].join('\n')
}

export function calibrationTable(bare: Bare): string {
  const rows = BARE_CALLS.map((call) =>
    line([call, gas(bare[call]), gas(USDC_BARE[call]), `${(deviation(bare, call) * 100).toFixed(2)} %`]),
  )
  return [
    line(['bare transaction', 'USDC-like', 'USDC', 'off by']),
    line(['---', '---:', '---:', '---:']),
    ...rows,
  ].join('\n')
}

export const OPERATIONS = Object.keys(GAS_GOALS) as Operation[]
const BARE_CALLS = Object.keys(USDC_BARE) as (keyof Bare)[]
