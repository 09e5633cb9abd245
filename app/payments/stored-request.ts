import { z } from 'zod'

/** What we read ourselves in a stored request of a checkout; the rest passes through to the processor unchanged. */
export const storedRequest = z.looseObject({
  customer: z.string().optional(),
  expires_at: z.int().default(0),
})
