import { newId } from '#app/books/ids.ts'
import { withNext } from '#app/parties/safe-path.ts'
import { openSecret, sealSecret } from '#app/parties/sealed-secret.server.ts'
import { tokenHash } from '#app/parties/token-hash.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { withTransaction } from '#app/platform/db.server.ts'
import { env } from '#app/platform/env.server.ts'
import { addJob } from '#app/platform/jobs.server.ts'

/** How long a mailed link can be used. */
export const SIGN_IN_LINK_MINUTES = 10

/**
 * Puts the letter with a sign-in link into the outbox, with the job that sends it. Template `magic-link`, parameters
 * `name`, `sealedLink` and `minutes`: whoever reads the outbox cannot sign in with it. `metadata.next` is the page to go to after sign-in.
 */
export async function mailSignInLink(
  email: string,
  token: string,
  metadata?: Readonly<Record<string, unknown>>,
): Promise<void> {
  const next = typeof metadata?.next === 'string' ? metadata.next : null
  const link = env.web.origin + withNext(`/sign-in/link/open?token=${encodeURIComponent(token)}`, next)
  await withTransaction(async (tx) => {
    const person = await tx.person.findUniqueOrThrow({ where: { email }, select: { name: true } })
    const id = newId()
    await tx.mailOutbox.create({
      data: {
        id,
        mailKey: `magic-link:${tokenHash(token)}`,
        template: 'magic-link',
        recipient: email,
        parameters: {
          name: person.name,
          sealedLink: sealMailedLink(id, link),
          minutes: SIGN_IN_LINK_MINUTES,
        },
        createdAt: await readNow(tx),
      },
    })
    await addJob(tx, 'mail:deliver', { mailId: id })
  })
}

/** A link as the outbox may hold it, for the letter of this id alone. */
export function sealMailedLink(mailId: string, link: string): string {
  return sealSecret(link, ownerOf(mailId))
}

/** The link of a letter, from its outbox row; for the one moment in which the letter is written. */
export function openMailedLink(mailId: string, sealedLink: string): string {
  return openSecret(sealedLink, ownerOf(mailId))
}

function ownerOf(mailId: string): string {
  return `mail:${mailId}`
}
