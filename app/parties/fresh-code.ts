/**
 * A form whose act needs a fresh code, when the last one is older: it is asked for on a page that carries the form along as it was
 * sent, and goes on with it once the code is right. Nothing that was typed is lost, with scripts or without.
 */
import { z } from 'zod'

/** Name of the field for the code; the forms that are carried along have none of this name. */
export const FRESH_CODE_FIELD = 'second-factor-code'

const request = z.object({
  freshCode: z.object({
    /** Where the form goes. */
    path: z.string(),
    /** Its fields as they were sent, in their order. */
    fields: z.array(z.tuple([z.string(), z.string()])),
    /** What was wrong with the code that came with it; null when none came. */
    problem: z.string().nullable(),
  }),
})

/** What a request for a fresh code carries. */
export type FreshCodeRequest = z.infer<typeof request>

/** What a page was stopped for, when that is a fresh code; null for everything else. */
export function readFreshCodeRequest(data: unknown): FreshCodeRequest['freshCode'] | null {
  const parsed = request.safeParse(data)
  return parsed.success ? parsed.data.freshCode : null
}
