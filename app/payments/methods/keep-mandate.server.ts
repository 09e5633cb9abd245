import { newId } from '#app/books/ids.ts'
import type { CardProcessor, MandateReading } from '#app/gateways/stripe/port.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, withTransaction } from '#app/platform/db.server.ts'

/** The text of a mandate that the processor's own page showed. */
export const PROCESSOR_TEXT = 'processor'

export type KeepMandate = {
  readonly processor: CardProcessor
  readonly customerId: string
  readonly mandateId: string
  readonly paymentId: string | null
  /** Who clicked, as far as we know. */
  readonly acceptedBy: string | null
}

/**
 * Reads a mandate again and keeps what it says: which method, how often, who agreed when and where. One that has ended is never
 * active again, and its method may no longer be charged. A mandate that the processor does not know is not kept.
 */
export async function keepMandate({ processor, ...kept }: KeepMandate): Promise<void> {
  const reading = await processor.readMandate(kept.mandateId)
  if (reading === null) return
  await withTransaction(async (tx) => {
    const now = await readNow(tx)
    const method = await tx.savedMethod.findUnique({ where: { providerMethodId: reading.methodId } })
    // Two pieces of news may bring one mandate at once: the later one waits for the first here, and goes on from what it kept.
    await tx.mandate.createMany({
      data: [{ ...mandateOf(kept, reading, now), savedMethodId: method?.id ?? null, createdAt: now }],
      skipDuplicates: true,
    })
    const known = await tx.mandate.findUniqueOrThrow({ where: { providerMandateId: reading.mandateId } })
    const savedMethodId = method?.id ?? known.savedMethodId
    if (known.state !== 'inactive')
      await tx.mandate.update({ where: { id: known.id }, data: { savedMethodId, ...endOf(reading, now) } })
    if (reading.status === 'inactive' && reading.use === 'multi_use' && method?.state === 'active')
      await tx.savedMethod.update({
        where: { id: method.id },
        data: { state: 'suspended', suspendedReason: 'mandate_revoked', updatedAt: now },
      })
  })
}

/** The customer whose mandate it is, or null: mandates of strangers are not ours to keep. */
export async function findMandateOwner(processor: CardProcessor, mandateId: string): Promise<string | null> {
  const known = await db.mandate.findUnique({ where: { providerMandateId: mandateId } })
  if (known !== null) return known.customerId
  const reading = await processor.readMandate(mandateId)
  if (reading === null) return null
  const method = await db.savedMethod.findUnique({ where: { providerMethodId: reading.methodId } })
  return method?.customerId ?? null
}

function mandateOf(
  { customerId, paymentId, acceptedBy }: Omit<KeepMandate, 'processor'>,
  reading: MandateReading,
  now: Date,
) {
  return {
    id: newId<'man'>(),
    ...{ customerId, paymentId, acceptedBy },
    use: reading.use,
    providerMandateId: reading.mandateId,
    textVersion: PROCESSOR_TEXT,
    acceptedAt: reading.acceptedAt ?? now,
    ipAddress: reading.ipAddress,
    userAgent: reading.userAgent,
    ...endOf(reading, now),
  }
}

function endOf(reading: MandateReading, now: Date) {
  if (reading.status !== 'inactive') return { state: reading.status }
  return { state: reading.status, endedAt: now, endedReason: 'revoked' }
}
