import { newId } from '#app/books/ids.ts'
import { db, type Tx } from '#app/platform/db.server.ts'
import type { Prisma } from '#app/platform/generated/client.ts'
import { sha256 } from '#app/platform/sha256.server.ts'

export type DocumentKind = 'invoice' | 'receipt' | 'activity-statement' | 'open-item-statement'

/** A document that was handed out: its bytes, and the inputs from which the same bytes can be made again. */
export type IssuedDocument = {
  readonly bytes: Buffer
  readonly fileName: string
  /** SHA-256 in hexadecimal. */
  readonly sha256: string
}

/**
 * Notes that a document was handed out: kind, inputs, instant and hash. The same bytes handed out again are noted once.
 */
export async function recordDocument(
  document: {
    readonly kind: DocumentKind
    readonly customerId: string
    readonly parameters: Prisma.InputJsonObject
    readonly knownAt: Date
    readonly bytes: Buffer
    readonly fileName: string
  },
  now: Date,
  client: Tx = db,
): Promise<IssuedDocument> {
  const digest = sha256(document.bytes)
  await client.document.createMany({
    data: {
      id: newId(now.getTime()),
      customerId: document.customerId,
      kind: document.kind,
      parameters: document.parameters,
      knownAt: document.knownAt,
      sha256: digest,
      createdAt: now,
    },
    skipDuplicates: true,
  })
  return { bytes: document.bytes, fileName: document.fileName, sha256: digest }
}

/** A part of a file name that every system takes: letters, digits, dots and dashes. */
export function fileNamePart(text: string): string {
  return (
    text
      .replace(/[^A-Za-z0-9.-]+/g, '-')
      .replace(/^[-.]+|-+$/g, '')
      .slice(0, 60) || 'document'
  )
}
