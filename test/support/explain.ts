import { db, type Tx } from '#app/platform/db.server.ts'
import { Prisma } from '#app/platform/generated/client.ts'

type Plan = { 'Node Type': string; 'Relation Name'?: string; Plans?: Plan[] }

/** What queries through `client` would do: how many there were, and which tables they would read from end to end. */
export type Explained = { client: Tx; queries: () => number; scanned: () => string[] }

/** A client that answers raw queries as `db` does and keeps the plan of each. */
export function explaining(): Explained {
  const scanned: string[] = []
  let queries = 0
  const visit = (plan: Plan): void => {
    if (plan['Node Type'] === 'Seq Scan' && plan['Relation Name']) scanned.push(plan['Relation Name'])
    plan.Plans?.forEach(visit)
  }
  const client = {
    $queryRaw: async (strings: TemplateStringsArray, ...values: unknown[]) => {
      queries += 1
      const sql = Prisma.sql(strings, ...values)
      const [answer] = await db.$queryRaw<{ 'QUERY PLAN': { Plan: Plan }[] }[]>`EXPLAIN (FORMAT JSON) ${sql}`
      for (const { Plan } of answer?.['QUERY PLAN'] ?? []) visit(Plan)
      return db.$queryRaw(sql)
    },
  }
  return { client: client as unknown as Tx, queries: () => queries, scanned: () => [...new Set(scanned)] }
}
