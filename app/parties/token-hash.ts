import { createHash } from 'node:crypto'

/** What is stored in place of a random token: enough to find it again, useless to whoever reads the table. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}
