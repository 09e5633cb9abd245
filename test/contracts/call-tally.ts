/** Counts the calls of a comparison, and why they were refused, so that a test can show that every one had its share. */
import type { Interface } from 'ethers'

export function openCallTally() {
  const taken = new Map<string, number>()
  const refused = new Map<string, number>()
  const reasons = new Map<string, number>()
  const outcomes = new Map<string, number>()
  const addTo = (counts: Map<string, number>, name: string): void => {
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  const total = (counts: Map<string, number>): number =>
    [...counts.values()].reduce((sum, each) => sum + each, 0)
  const refusedShare = (): number => total(refused) / (total(taken) + total(refused))
  return {
    /** One call, and the name of the error that it was refused with. */
    add: (name: string, refusal: string | null): void => {
      addTo(refusal === null ? taken : refused, name)
      if (refusal !== null) addTo(reasons, refusal)
    },
    /** Something else worth counting: a state that was seen, an answer that was given. */
    addOutcome: (outcome: string): void => addTo(outcomes, outcome),
    takenOf: (name: string): number => taken.get(name) ?? 0,
    outcomesOf: (outcome: string): number => outcomes.get(outcome) ?? 0,
    reasons: (): string[] => [...reasons.keys()],
    refusedShare,
    text: (): string => {
      const names = [...new Set([...taken.keys(), ...refused.keys()])]
      const calls = names.map(
        (name) => `${name} ${taken.get(name) ?? 0} taken, ${refused.get(name) ?? 0} refused`,
      )
      const shown = (counts: Map<string, number>): string[] =>
        [...counts].toSorted(([, a], [, b]) => b - a).map(([name, count]) => `${name} ${count}`)
      return [
        `${total(taken) + total(refused)} calls, ${(100 * refusedShare()).toFixed(0)} % refused by both`,
        calls.join('; '),
        `refusals: ${shown(reasons).join(', ')}`,
        ...(outcomes.size > 0 ? [`outcomes: ${shown(outcomes).join(', ')}`] : []),
      ].join('\n')
    },
  }
}

/** Every function of a contract that can change its state. */
export function changingFunctions(abi: Interface): string[] {
  const names: string[] = []
  abi.forEachFunction((each) => {
    if (!each.constant) names.push(each.name)
  })
  return names
}

/** The errors of a contract's own, by the habit that their names begin with the contract's. */
export function ownErrors(abi: Interface, contractName: string): string[] {
  const names: string[] = []
  abi.forEachError(({ name }) => {
    if (name.startsWith(`${contractName}_`)) names.push(name)
  })
  return names
}

/** A call in words, for messages. */
export function inWords(call: unknown): string {
  return JSON.stringify(call, (_, each: unknown) => (typeof each === 'bigint' ? String(each) : each))
}
