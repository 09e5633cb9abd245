import { makeStaff } from '#app/parties/people.server.ts'
import type { StaffRole } from '#app/parties/rights.ts'
import { enrolTotp } from '#app/parties/second-factor.server.ts'
import { sessionOf } from '#app/parties/session.server.ts'
import { giveSecondFactor, signInWithPassword } from '#app/parties/sign-in.server.ts'
import { totpCode, totpStep } from '#app/parties/totp.ts'
import { freshAddress, makePerson, PASSWORD, requestWith } from '#test/integration/parties/people.ts'
import type { Portal } from '#test/support/portal.ts'

/** A member of staff with a browser without scripts, signed in with both factors. */
export type StaffVisitor = {
  readonly personId: string
  /** The page as it is read, without scripts. */
  read: (path: string) => Promise<string>
  post: (path: string, fields: Record<string, string> | FormData) => Promise<Response>
}

/** Signs a new member of staff in. */
export async function staffVisitor(portal: Portal, role: StaffRole): Promise<StaffVisitor> {
  const { id, email } = await makePerson()
  await makeStaff(id, role)
  const secret = await enrolTotp(id)
  const asked = await signInWithPassword({ request: requestWith(), address: freshAddress() }, email, PASSWORD)
  if (!asked.ok) throw new Error('signing in failed')
  const request = requestWith(asked.cookies)
  const person = await sessionOf(request)
  if (person === null) throw new Error('there is no session')
  const code = totpCode(secret, totpStep(new Date()))
  const given = await giveSecondFactor({ request, address: freshAddress() }, person, code)
  if (!given.ok) throw new Error('the code was refused')
  const { cookies } = given
  return {
    personId: id,
    read: async (path) => readable(await portal.handle(requestWith(cookies, path)), path),
    post: (path, fields) =>
      portal.handle(
        requestWith(cookies, path, {
          method: 'POST',
          body: fields instanceof FormData ? fields : new URLSearchParams(fields),
        }),
      ),
  }
}

async function readable(answer: Response, path: string): Promise<string> {
  if (answer.status !== 200) throw new Error(`${path} answers ${answer.status}`)
  return withoutScripts(await answer.text())
}

/** The words and tags of a page, without scripts and the marks that React leaves between texts. */
export function withoutScripts(page: string): string {
  return page.replace(/<script[\s\S]*?<\/script>/g, '').replaceAll('<!-- -->', '')
}

/** The value of a hidden field of the first form that has one of this name. */
export function hiddenField(page: string, name: string): string {
  const value = new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1]
  if (value === undefined) throw new Error(`the page has no field ${name}`)
  return value
}
