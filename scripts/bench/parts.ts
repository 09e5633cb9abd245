/** The parts of npm run bench. What each needs is loaded when it runs, because most of it reads the settings. */
import { z } from 'zod'
import { benchRow } from '#scripts/bench/pairs.ts'
import type { BenchSettings } from '#scripts/bench/settings.ts'

/** What a part measured: rows of the table of ratios, the bytes of pages, or gas. */
export type PartResult = z.infer<typeof partResult>
export const partResult = z.object({
  rows: z.array(benchRow).default([]),
  pages: z.array(z.object({ page: z.string(), gzipKilobytes: z.number() })).default([]),
  gas: z.array(z.object({ batch: z.number(), gasPerEntry: z.number(), goal: z.number() })).default([]),
  /** The name of a part that failed; its process has said why. */
  unmeasured: z.array(z.string()).default([]),
})

export type BenchPart = {
  /** Whether it reads the built pages. */
  readonly needsPages: boolean
  readonly needsDatabase: boolean
  readonly measure: (settings: BenchSettings) => Promise<z.input<typeof partResult>>
}

/** By the name that --only takes, in the order in which they run. */
export const BENCH_PARTS: Readonly<Record<string, BenchPart>> = {
  posting: onDatabase(async (settings) => {
    const { benchPosting } = await import('#scripts/bench/posting.ts')
    return { rows: await benchPosting(settings) }
  }),
  'hot-account': onDatabase(async (settings) => {
    const { benchHotAccount } = await import('#scripts/bench/hot-account.ts')
    return { rows: await benchHotAccount(settings) }
  }),
  pay: onDatabase(async (settings) => {
    const { benchPay } = await import('#scripts/bench/pay.ts')
    return { rows: await benchPay(settings) }
  }),
  webhooks: onPages(async (settings) => {
    const { benchWebhooks } = await import('#scripts/bench/webhooks.ts')
    return { rows: await benchWebhooks(settings) }
  }),
  lists: onPages(async (settings) => {
    const { benchList } = await import('#scripts/bench/list.ts')
    return { rows: await benchList(settings) }
  }),
  reconcile: onDatabase(async (settings) => {
    const { benchReconcile } = await import('#scripts/bench/reconcile.ts')
    return { rows: await benchReconcile(settings) }
  }),
  bytes: {
    needsPages: true,
    needsDatabase: false,
    measure: async () => {
      const { measureBuyerPages } = await import('#scripts/bench/bytes.ts')
      return { pages: measureBuyerPages() }
    },
  },
  gas: {
    needsPages: false,
    needsDatabase: false,
    measure: async () => {
      const { measureGas } = await import('#scripts/bench-gas.ts')
      return { gas: await measureGas() }
    },
  },
}

function onDatabase(measure: BenchPart['measure']): BenchPart {
  return { needsPages: false, needsDatabase: true, measure }
}

function onPages(measure: BenchPart['measure']): BenchPart {
  return { needsPages: true, needsDatabase: true, measure }
}
