import { z } from 'zod'

/** What every part is told. The settings of the product itself are in the environment of its process. */
export type BenchSettings = z.infer<typeof benchSettings>
export const benchSettings = z.object({
  /** The part's own database as the app role, and as the owner of its tables; empty where it has none. */
  url: z.string(),
  ownerUrl: z.string(),
  rounds: z.number(),
  /** How long each side of a round is under load, where a part measures by time. */
  seconds: z.number(),
  isQuick: z.boolean(),
})

/** Connections that each side may open: as many for the portal as for what it is compared with. */
export const CONNECTIONS = 16

/** What the webhooks of the benchmark are signed with. */
export const WEBHOOK_SECRET = 'whsec_bench'
