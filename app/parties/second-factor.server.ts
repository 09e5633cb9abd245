import { randomInt } from 'node:crypto'
import { newId } from '#app/books/ids.ts'
import { openSecret, sealSecret } from '#app/parties/sealed-secret.server.ts'
import { tokenHash } from '#app/parties/token-hash.ts'
import { matchTotp, newTotpSecret } from '#app/parties/totp.ts'
import { db } from '#app/platform/db.server.ts'
import type { TwoFactor } from '#app/platform/generated/client.ts'

const BACKUP_CODES = 10
/** How long a begun enrolment may be ended. */
const ENROLMENT_MS = 10 * 60_000
/** No letters or digits that look alike. Ten of them: 49 bits. */
const BACKUP_ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz'

function newBackupCode(): string {
  const characters = Array.from(
    { length: 10 },
    () => BACKUP_ALPHABET[randomInt(BACKUP_ALPHABET.length)],
  ).join('')
  return `${characters.slice(0, 5)}-${characters.slice(5)}`
}

const backupHash = (code: string): string => tokenHash(code.toLowerCase().replace(/[^a-z0-9]/g, ''))

/** Whose enrolment it is: a secret shown to one session is worth nothing to the others of the same person. */
export type Enroller = { readonly personId: string; readonly sessionId: string }

const sealOwner = ({ personId, sessionId }: Enroller): string => `${personId} enrolling in ${sessionId}`

/** The secret of an enrolment that this very session began, and not long ago; null for any other. */
function pendingSecret(row: TwoFactor, enroller: Enroller, at: Date): string | null {
  if (row.verified || at.getTime() - row.createdAt.getTime() > ENROLMENT_MS) return null
  try {
    return openSecret(row.secret, sealOwner(enroller))
  } catch {
    // Sealed for another session, or under another AUTH_SECRET: it cannot be opened here, and is replaced.
    return null
  }
}

/**
 * The secret that a person's authenticator app is being set up with, in base 32. Asking again within ten minutes in the
 * same session gives the same one until a right code confirms it; any other session gets a new one, which ends the first.
 * So nobody can learn beforehand what the owner will enrol. Null when an app is already set up: its secret is never shown
 * again.
 */
export async function beginEnrolment(enroller: Enroller, at: Date): Promise<string | null> {
  const { personId } = enroller
  const fresh = newTotpSecret()
  const pending = { secret: sealSecret(fresh, sealOwner(enroller)), createdAt: at }
  await db.twoFactor.createMany({
    data: [{ id: newId(), personId, backupCodes: [], ...pending }],
    skipDuplicates: true,
  })
  const row = await db.twoFactor.findUniqueOrThrow({ where: { personId } })
  if (row.verified) return null
  const known = pendingSecret(row, enroller, at)
  if (known !== null) return known
  const { count } = await db.twoFactor.updateMany({
    where: { personId, verified: false, secret: row.secret },
    data: { ...pending, lastUsedStep: null },
  })
  return count === 1 ? fresh : beginEnrolment(enroller, at)
}

/** Marks one 30-second step as used; false when somebody else used it, or a later one, in between. */
async function takeStep(personId: string, step: bigint): Promise<boolean> {
  const { count } = await db.twoFactor.updateMany({
    where: { personId, OR: [{ lastUsedStep: null }, { lastUsedStep: { lt: step } }] },
    data: { lastUsedStep: step },
  })
  return count === 1
}

/**
 * Ends an enrolment with the first right code and gives the backup codes, which are stored as hashes only and so can be
 * shown this once. Null when the code is wrong, another session began the enrolment, or an app is already set up.
 */
export async function confirmEnrolment(enroller: Enroller, code: string, at: Date): Promise<string[] | null> {
  const { personId } = enroller
  const row = await db.twoFactor.findUnique({ where: { personId } })
  const secret = row && pendingSecret(row, enroller, at)
  if (row === null || secret === null) return null
  const step = matchTotp(secret, code, at, row.lastUsedStep)
  if (step === null || !(await takeStep(personId, step))) return null
  const backupCodes = Array.from({ length: BACKUP_CODES }, newBackupCode)
  const { count } = await db.twoFactor.updateMany({
    where: { personId, verified: false, secret: row.secret },
    data: {
      verified: true,
      secret: sealSecret(secret, personId),
      backupCodes: backupCodes.map(backupHash),
    },
  })
  return count === 1 ? backupCodes : null
}

/** Whether a code of the authenticator app is right. Each code counts once, whoever sends it. */
export async function checkTotp(personId: string, code: string, at: Date): Promise<boolean> {
  const row = await db.twoFactor.findUnique({ where: { personId } })
  if (row === null || !row.verified) return false
  const step = matchTotp(openSecret(row.secret, personId), code, at, row.lastUsedStep)
  return step !== null && (await takeStep(personId, step))
}

/** Whether a backup code is right; it is used up by that. */
export async function spendBackupCode(personId: string, code: string): Promise<boolean> {
  const hash = backupHash(code)
  const used = await db.$executeRaw`
    UPDATE two_factor SET backup_codes = array_remove(backup_codes, ${hash})
    WHERE person_id = ${personId}::uuid AND verified AND ${hash} = ANY (backup_codes)`
  return used === 1
}

/**
 * Sets up an authenticator app without asking for a code, for people made by the seed or a command. Replaces an app that
 * was set up before. Returns the secret in base 32.
 */
export async function enrolTotp(personId: string, secret: string = newTotpSecret()): Promise<string> {
  const sealed = sealSecret(secret, personId)
  await db.twoFactor.upsert({
    where: { personId },
    create: {
      id: newId(),
      personId,
      secret: sealed,
      backupCodes: [],
      verified: true,
      createdAt: new Date(),
    },
    update: { secret: sealed, backupCodes: [], verified: true, lastUsedStep: null },
  })
  return secret
}
