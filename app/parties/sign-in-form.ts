import { z } from 'zod'

/** One problem of a form, tied to the field that it is about. */
export type FieldProblem = { fieldId?: string; message: string }

export type FormReading<T> = { ok: true; values: T } | { ok: false; problems: FieldProblem[] }

const email = z
  .string()
  .trim()
  .toLowerCase()
  .min(1, 'Enter your e-mail address.')
  .max(254, 'Enter an e-mail address such as name@example.com.')
  .pipe(z.email('Enter an e-mail address such as name@example.com.'))

const credentials = z.object({
  email,
  // Longer than any password that we take; the rest of the rules are for choosing one.
  password: z.string().min(1, 'Enter your password.').max(256, 'Enter your password.'),
})
const address = z.object({ email })
const code = z.object({
  code: z.string().trim().min(1, 'Enter the code.').max(32, 'Enter the code as it is shown.'),
})
const linkToken = z.object({ token: z.string().min(1).max(200) })

/** Text fields of a form; files and repeated fields do not count. */
function textsOf(form: FormData): Record<string, string> {
  return Object.fromEntries(
    [...form].filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

function read<T>(schema: z.ZodType<T>, form: FormData): FormReading<T> {
  const texts = textsOf(form)
  const parsed = schema.safeParse({ email: '', password: '', code: '', token: '', ...texts })
  if (parsed.success) return { ok: true, values: parsed.data }
  const firstPerField = new Map(
    parsed.error.issues.toReversed().map((issue) => [issue.path[0], issue.message]),
  )
  return {
    ok: false,
    problems: [...firstPerField]
      .map(([field, message]) => ({ fieldId: String(field), message }))
      .toReversed(),
  }
}

/** E-mail address and password of the sign-in form. */
export const readCredentials = (form: FormData): FormReading<z.infer<typeof credentials>> =>
  read(credentials, form)
/** E-mail address of the form that asks for a link. */
export const readAddress = (form: FormData): FormReading<z.infer<typeof address>> => read(address, form)
/** Code of the second factor. */
export const readCode = (form: FormData): FormReading<z.infer<typeof code>> => read(code, form)
/** Token of a mailed link. */
export const readLinkToken = (form: FormData): FormReading<z.infer<typeof linkToken>> => read(linkToken, form)

/** What was typed into a field, to be shown again. Passwords and codes are never given back. */
export function typedEmail(form: FormData): string {
  return (textsOf(form).email ?? '').slice(0, 254)
}
