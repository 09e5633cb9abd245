import { z } from 'zod'
import { isRefusalCode, type Result, refuse } from '#app/books/refusals.ts'

/** What a posting function is given. */
export type Json = Readonly<Record<string, unknown>>

/** What a posting function answers: one row with one JSON value. */
export type PostingRows = { answer: unknown }[]

const refusal = z.object({ ok: z.literal(false), refusal: z.object({ code: z.string() }).loose() })

/** The answer of a posting function: its values, or the refusal it gave. Throws on anything else. */
export function answerOf<Shape extends z.ZodRawShape>(
  rows: PostingRows,
  shape: Shape,
): Result<z.output<z.ZodObject<Shape>>> {
  const answer = rows[0]?.answer
  const refused = refusal.safeParse(answer)
  if (!refused.success) return { ok: true, ...z.object(shape).parse(answer) }
  const { code, ...facts } = refused.data.refusal
  if (!isRefusalCode(code)) throw new Error(`A posting function refused with an unknown code: ${code}`)
  return refuse(code, facts)
}

/** The values of an answer that cannot be a refusal here: one would be a defect. */
export function getValue<Value>(result: Result<Value>): Value {
  if (result.ok) return result
  throw new Error(`Refused where it cannot be: ${JSON.stringify(result.refusal)}`)
}
