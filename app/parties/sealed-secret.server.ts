import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { env } from '#app/platform/env.server.ts'

/** AES-256-GCM; the first part of a sealed text names how it was sealed, so that keys can be changed later. */
const KEY_ID = 'k1'
const key = Buffer.from(hkdfSync('sha256', env.auth.secret, '', 'quittance second factor', 32))

/** Encrypts a secret for storage. `owner` is bound to it: the text is worthless in another person's row. */
export function sealSecret(secret: string, owner: string): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(owner))
  const data = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
  return [KEY_ID, ...[nonce, cipher.getAuthTag(), data].map((part) => part.toString('base64url'))].join('.')
}

/** The secret that was sealed. Throws when the text was changed, belongs to somebody else, or AUTH_SECRET is another. */
export function openSecret(sealed: string, owner: string): string {
  const [keyId, nonce = '', tag = '', data = ''] = sealed.split('.')
  if (keyId !== KEY_ID) throw new Error('a sealed secret names an unknown key')
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url'), {
    authTagLength: 16,
  })
    .setAAD(Buffer.from(owner))
    .setAuthTag(Buffer.from(tag, 'base64url'))
  return decipher.update(Buffer.from(data, 'base64url'), undefined, 'utf8') + decipher.final('utf8')
}
