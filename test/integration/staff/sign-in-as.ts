import { makeStaff } from '#app/parties/people.server.ts'
import { enrolTotp } from '#app/parties/second-factor.server.ts'
import { sessionOf } from '#app/parties/session.server.ts'
import { giveSecondFactor, signInWithPassword } from '#app/parties/sign-in.server.ts'
import { totpCode, totpStep } from '#app/parties/totp.ts'
import { freshAddress, makePerson, PASSWORD, requestWith } from '#test/integration/parties/people.ts'

/** Cookies of a person of the AR team who has signed in with both factors. */
export async function signInAsClerk(): Promise<string[]> {
  const { id, email } = await makePerson()
  await makeStaff(id, 'clerk')
  const secret = await enrolTotp(id)
  const asked = await signInWithPassword({ request: requestWith(), address: freshAddress() }, email, PASSWORD)
  if (!asked.ok) throw new Error('signing in failed')
  const request = requestWith(asked.cookies)
  const person = await sessionOf(request)
  if (person === null) throw new Error('there is no session')
  const code = totpCode(secret, totpStep(new Date()))
  const given = await giveSecondFactor({ request, address: freshAddress() }, person, code)
  if (!given.ok) throw new Error('the code was refused')
  return given.cookies
}
