/** Goes through both sides page by page and makes cases of what differs; no more than one page is in memory. */
import { type BusinessDate, businessDateIn } from '#app/platform/time.ts'
import { bankLineDifference, lastDayToMatch } from '#app/reconciliation/comparison/compare-bank-line.ts'
import { compareGroup, netAhead } from '#app/reconciliation/comparison/compare-group.ts'
import { comparePayout } from '#app/reconciliation/comparison/compare-payout.ts'
import type { Group, Judging } from '#app/reconciliation/comparison/group.ts'
import { noteDifferences } from '#app/reconciliation/runs/note-differences.server.ts'
import { openBankLines } from '#app/reconciliation/sides/list-bank-lines.server.ts'
import {
  type Days,
  keysOfBooksAlone,
  keysOfOpenCases,
  keysOfProcessor,
} from '#app/reconciliation/sides/list-keys.server.ts'
import { firstPayoutDay, payoutsToCompare } from '#app/reconciliation/sides/list-payouts.server.ts'
import { loadGroups } from '#app/reconciliation/sides/load-groups.server.ts'

export type GroupsCompared = {
  readonly groups: number
  /** What the processor is ahead of the books by, per currency, in groups that are merely young. */
  readonly inFlight: ReadonlyMap<string, bigint>
}

/** Compares what moved in the days on either side, and once more what the open cases are about. */
export async function compareGroups(days: Days, judging: Judging): Promise<GroupsCompared> {
  const inFlight = new Map<string, bigint>()
  let groups = 0
  const { timeZone, now } = judging
  for (const keys of [keysOfProcessor(days, timeZone), keysOfBooksAlone(days, timeZone)])
    for await (const page of keys) {
      groups += page.length
      for (const group of await comparePage(page, judging)) addAhead(inFlight, group)
    }
  for await (const page of keysOfOpenCases(now)) await comparePage(page, judging)
  return { groups, inFlight }
}

/** Notes what differs in a page of groups; answers those of them that agree. */
async function comparePage(keys: readonly string[], judging: Judging): Promise<Group[]> {
  const agreeing: Group[] = []
  const differences = (await loadGroups(keys)).flatMap((group) => {
    const found = compareGroup(group, judging)
    if (found.length === 0) agreeing.push(group)
    return found
  })
  await noteDifferences(differences, judging.now)
  return agreeing
}

function addAhead(inFlight: Map<string, bigint>, group: Group): void {
  const ahead = netAhead(group)
  const currency = group.movements[0]?.currency ?? group.entries[0]?.currency
  if (ahead !== 0n && currency !== undefined) inFlight.set(currency, (inFlight.get(currency) ?? 0n) + ahead)
}

/** Compares payouts that are to arrive on or after the first of the days. Answers how many. */
export async function comparePayouts(from: BusinessDate, { now, timeZone }: Judging): Promise<number> {
  const today = businessDateIn(timeZone, now)
  let count = 0
  for await (const payouts of payoutsToCompare(firstPayoutDay(from))) {
    count += payouts.length
    await noteDifferences(
      payouts.flatMap((each) => comparePayout(each, today) ?? []),
      now,
    )
  }
  return count
}

/** Makes a difference of every line of the bank that has been open for too long. Answers how many. */
export async function compareBankLines({ now, timeZone }: Judging): Promise<number> {
  let count = 0
  for await (const lines of openBankLines(lastDayToMatch(businessDateIn(timeZone, now)))) {
    count += lines.length
    await noteDifferences(lines.map(bankLineDifference), now)
  }
  return count
}
