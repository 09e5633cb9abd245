import { newId } from '#app/books/ids.ts'
import type { Tx } from '#app/platform/db.server.ts'
import { addJob } from '#app/platform/jobs.server.ts'
import { sha256 } from '#app/platform/sha256.server.ts'

export type AutopayLetter = {
  readonly template:
    | 'autopay-enrolled'
    | 'autopay-notice'
    | 'autopay-skipped'
    | 'autopay-failed'
    | 'autopay-paused'
  /** One letter per fact and reader: the same key again is no new letter. */
  readonly fact: string
  readonly customerId: string
  /** Who agreed to the order. */
  readonly personId: string | null
  readonly parameters: Readonly<Record<string, string | boolean | null>>
}

/** Puts a letter into the outbox, for the customer's address and for whoever agreed to the order. */
export async function queueAutopayLetter(tx: Tx, letter: AutopayLetter, now: Date): Promise<void> {
  const { template, fact, customerId, personId, parameters } = letter
  const customer = await tx.customer.findUniqueOrThrow({ where: { id: customerId } })
  const person =
    personId === null ? null : await tx.person.findFirst({ where: { id: personId, disabledAt: null } })
  const readers = [customer.email, person?.email].flatMap((each) => each?.toLowerCase() ?? [])
  for (const recipient of new Set(readers)) {
    const id = newId()
    const mailKey = `${template}:${fact}:${sha256(recipient).slice(0, 32)}`
    const data = { id, mailKey, template, recipient, customerId, parameters, createdAt: now }
    const { count } = await tx.mailOutbox.createMany({ data: [data], skipDuplicates: true })
    if (count > 0) await addJob(tx, 'mail:deliver', { mailId: id }, { key: `mail:deliver:${id}` })
  }
}
