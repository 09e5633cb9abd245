import { readNow } from '#app/platform/clock.server.ts'
import { db, type Tx } from '#app/platform/db.server.ts'

/** Who did what to what. `detail` holds no secrets and no texts that a person typed. */
export type AuditEntry = {
  actorKind: 'buyer' | 'staff' | 'system' | 'command'
  actorId?: string
  action: string
  customerId?: string
  subjectId?: string
  detail?: Readonly<Record<string, string | number | boolean | null>>
}

/** Writes one line of the audit log. Inside a transaction call it last: the log is a chain and writers queue for it. */
export async function recordAudit(entry: AuditEntry, client: Tx = db): Promise<void> {
  const now = await readNow(client)
  const line = JSON.stringify({ detail: {}, ...entry })
  await client.$executeRaw`SELECT record_audit(${line}::jsonb, ${now}::timestamptz)`
}
