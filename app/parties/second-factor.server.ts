import { randomInt } from 'node:crypto'
import { newId } from '#app/books/ids.ts'
import { openSecret, sealSecret } from '#app/parties/sealed-secret.server.ts'
import { tokenHash } from '#app/parties/token-hash.ts'
import { matchTotp, newTotpSecret } from '#app/parties/totp.ts'
import { db } from '#app/platform/db.server.ts'

const BACKUP_CODES = 10
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

/**
 * The secret that a person's authenticator app is being set up with, in base 32. Asking again gives the same one until a
 * right code confirms it. Null when an app is already set up: its secret is never shown again.
 */
export async function beginEnrolment(personId: string): Promise<string | null> {
  const secret = newTotpSecret()
  await db.twoFactor.createMany({
    data: [
      { id: newId(), personId, secret: sealSecret(secret, personId), backupCodes: [], createdAt: new Date() },
    ],
    skipDuplicates: true,
  })
  const row = await db.twoFactor.findUniqueOrThrow({ where: { personId } })
  return row.verified ? null : openSecret(row.secret, personId)
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
 * shown this once. Null when the code is wrong or an app is already set up.
 */
export async function confirmEnrolment(personId: string, code: string, at: Date): Promise<string[] | null> {
  const row = await db.twoFactor.findUnique({ where: { personId } })
  if (row === null || row.verified) return null
  const step = matchTotp(openSecret(row.secret, personId), code, at, row.lastUsedStep)
  if (step === null || !(await takeStep(personId, step))) return null
  const backupCodes = Array.from({ length: BACKUP_CODES }, newBackupCode)
  const { count } = await db.twoFactor.updateMany({
    where: { personId, verified: false },
    data: { verified: true, backupCodes: backupCodes.map(backupHash) },
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
