import { createHash, generateKeyPairSync, type JsonWebKey, randomUUID } from 'node:crypto'
import { importJWK, SignJWT } from 'jose'
import { badInput } from '#scripts/sandbox/plaid/api/plaid-error.ts'
import { type PlaidOperation, plaidOperation } from '#scripts/sandbox/plaid/api/plaid-operation.ts'
import type { PlaidWebhookKey } from '#scripts/sandbox/plaid/records.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

/** The key that signs webhooks now; made when there is none. */
export function currentKey(sandbox: Sandbox): PlaidWebhookKey {
  return sandbox.store.all('plaid.webhook_key').findLast((key) => key.expired_at === null) ?? makeKey(sandbox)
}

/** Ends the present key, by real time, and makes another. */
export function rotateKey(sandbox: Sandbox): PlaidWebhookKey {
  return sandbox.store.transaction(() => {
    sandbox.store.update({ ...currentKey(sandbox), expired_at: realSecond() - 1 })
    return makeKey(sandbox)
  })
}

function makeKey(sandbox: Sandbox): PlaidWebhookKey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const key: PlaidWebhookKey = {
    id: randomUUID(),
    object: 'plaid.webhook_key',
    created: realSecond(),
    expired_at: null,
    x,
    y,
  }
  return sandbox.store.insert<'plaid.webhook_key'>(key, { jwk: privateKey.export({ format: 'jwk' }) })
}

/**
 * The `Plaid-Verification` header of a delivery, by real time: receivers compare it with their own clock.
 * @param wrongKey signs with a key that nobody knows, under the name of the right one
 */
export async function verificationHeader(
  sandbox: Sandbox,
  payload: string,
  { isStale, wrongKey }: { isStale: boolean; wrongKey: boolean },
): Promise<string> {
  const { id } = currentKey(sandbox)
  const { jwk } = sandbox.store.secretsOf('plaid.webhook_key', id)
  const signer = wrongKey
    ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
    : await importKey(jwk)
  return new SignJWT({ request_body_sha256: createHash('sha256').update(payload).digest('hex') })
    .setProtectedHeader({ alg: 'ES256', kid: id, typ: 'JWT' })
    .setIssuedAt(realSecond() - (isStale ? 301 : 0))
    .sign(signer)
}

const importKey = (jwk: JsonWebKey): ReturnType<typeof importJWK> => importJWK({ ...jwk, kty: 'EC' }, 'ES256')

const realSecond = (): number => Math.floor(Date.now() / 1000)

export const WEBHOOK_KEY_OPERATIONS: readonly PlaidOperation[] = [
  plaidOperation<{ key_id: string }>('/webhook_verification_key/get', (sandbox, { key_id }) => {
    const key = sandbox.store.find('plaid.webhook_key', key_id)
    if (!key) throw badInput('INVALID_WEBHOOK_VERIFICATION_KEY_ID', 'invalid key_id provided')
    const { id: kid, x, y, created: created_at, expired_at } = key
    return { key: { alg: 'ES256', crv: 'P-256', kty: 'EC', use: 'sig', kid, x, y, created_at, expired_at } }
  }),
]
