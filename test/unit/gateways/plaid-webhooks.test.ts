import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { SignJWT, UnsecuredJWT } from 'jose'
import { expect, test } from 'vitest'
import { type FindWebhookKey, verifyWebhook, type WebhookKey } from '#app/gateways/plaid/verify-webhook.ts'
import { createWebhookKeys } from '#app/gateways/plaid/webhook-keys.ts'

const NOW = new Date('2026-11-23T12:00:00Z')
const SECOND = NOW.getTime() / 1000
const BODY = JSON.stringify({ webhook_type: 'ITEM', webhook_code: 'ERROR', item_id: 'item_1' }, null, 2)

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const other = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const keyOf = (publicKey: KeyObject, expiredAtSeconds: number | null = null): WebhookKey => ({
  jwk: { ...publicKey.export({ format: 'jwk' }), kty: 'EC', alg: 'ES256' },
  expiredAtSeconds,
})
const findKey: FindWebhookKey = async (keyId) => (keyId === 'key-1' ? keyOf(pair.publicKey) : null)

const hashOf = (body: string): string => createHash('sha256').update(body).digest('hex')

type Signing = {
  kid?: string
  iat?: number
  body?: string
  signer?: KeyObject
  claims?: Record<string, unknown>
}

function sign({
  kid = 'key-1',
  iat = SECOND,
  body = BODY,
  signer = pair.privateKey,
  claims,
}: Signing = {}): Promise<string> {
  return new SignJWT(claims ?? { iat, request_body_sha256: hashOf(body) })
    .setProtectedHeader({ alg: 'ES256', kid, typ: 'JWT' })
    .sign(signer)
}

const judge = (token: string, body = BODY, find = findKey) => verifyWebhook(find, body, token, NOW)

test('a webhook that Plaid has signed just now is read', async () => {
  expect(await judge(await sign())).toMatchObject({
    ok: true,
    event: { kind: 'item_broken', itemId: 'item_1', payload: BODY },
  })
})

test('the same request has the same id, and one that is signed at another time has another', async () => {
  const idOf = async (iat: number): Promise<string> => {
    const verdict = await judge(await sign({ iat }))
    return verdict.ok ? verdict.event.eventId : verdict.reason
  }
  expect(await idOf(SECOND)).toBe(await idOf(SECOND))
  expect(await idOf(SECOND)).not.toBe(await idOf(SECOND - 1))
})

test.each([
  ['a changed byte', { body: BODY }, BODY.replace('item_1', 'item_2'), 'wrong_body'],
  ['changed white space', { body: BODY }, JSON.stringify(JSON.parse(BODY)), 'wrong_body'],
  ['an unknown key', { kid: 'key-2' }, BODY, 'unknown_key'],
  ['the name of a key that did not sign it', { signer: other.privateKey }, BODY, 'wrong_signature'],
  ['an age of 301 s', { iat: SECOND - 301 }, BODY, 'too_old'],
  ['a time in the future', { iat: SECOND + 31 }, BODY, 'too_old'],
  ['no time', { claims: { request_body_sha256: hashOf(BODY) } }, BODY, 'malformed'],
  ['no hash', { claims: { iat: SECOND } }, BODY, 'malformed'],
  ['a hash of another kind', { claims: { iat: SECOND, request_body_sha256: 'abc' } }, BODY, 'malformed'],
  ['no key name', { kid: '' }, BODY, 'malformed'],
])('%s is refused', async (_, signing, body, reason) => {
  expect(await judge(await sign(signing), body)).toEqual({ ok: false, reason })
})

test.each([300, -30])('an age of %d s is let pass', async (age) => {
  expect(await judge(await sign({ iat: SECOND - age }))).toMatchObject({ ok: true })
})

test('a token without a signature, or signed with a shared secret, is refused', async () => {
  const claims = { iat: SECOND, request_body_sha256: hashOf(BODY) }
  expect(await judge(new UnsecuredJWT(claims).encode())).toEqual({ ok: false, reason: 'wrong_algorithm' })
  // The classic forgery: the public key, which anyone can have, as the secret of another algorithm.
  const publicText = pair.publicKey.export({ format: 'pem', type: 'spki' }).toString()
  const shared = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', kid: 'key-1' })
    .sign(new TextEncoder().encode(publicText))
  expect(await judge(shared)).toEqual({ ok: false, reason: 'wrong_algorithm' })
})

test.each(['', 'no token', 'a.b.c', 'e30.e30.e30', `${'x'.repeat(100_000)}.y.z`])(
  '%.20s is no token',
  async (token) => {
    expect(await judge(token)).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/malformed|wrong_algorithm/),
    })
  },
)

test('a signature that was tampered with is refused', async () => {
  const [header, claims, signature = ''] = (await sign()).split('.')
  const flipped = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`
  expect(await judge([header, claims, flipped].join('.'))).toEqual({ ok: false, reason: 'wrong_signature' })
})

test('a key that has ended is refused', async () => {
  const ended = async (): Promise<WebhookKey> => keyOf(pair.publicKey, SECOND)
  expect(await judge(await sign(), BODY, ended)).toEqual({ ok: false, reason: 'expired_key' })
  const ends = async (): Promise<WebhookKey> => keyOf(pair.publicKey, SECOND + 1)
  expect(await judge(await sign(), BODY, ends)).toMatchObject({ ok: true })
})

test('a body that is signed but no webhook is refused', async () => {
  expect(await judge(await sign({ body: '[]' }), '[]')).toEqual({ ok: false, reason: 'malformed' })
  expect(await judge(await sign({ body: 'text' }), 'text')).toEqual({ ok: false, reason: 'malformed' })
})

/** Keys that count how often Plaid is asked. */
function countedKeys() {
  const asked: string[] = []
  const find = createWebhookKeys(async (keyId) => {
    asked.push(keyId)
    return findKey(keyId, NOW)
  })
  return { asked, find }
}
const later = (ms: number): Date => new Date(NOW.getTime() + ms)

test('a key is fetched once, also for many webhooks at once, and again after five minutes', async () => {
  const { asked, find } = countedKeys()
  await Promise.all(Array.from({ length: 20 }, () => find('key-1', NOW)))
  await find('key-1', later(299_999))
  expect(asked).toEqual(['key-1'])
  await find('key-1', later(300_000))
  expect(asked).toEqual(['key-1', 'key-1'])
})

test('10,000 forgeries in a minute make at most ten questions, and a real webhook passes among them', async () => {
  const { asked, find } = countedKeys()
  const genuine = await sign()
  expect(await judge(genuine, BODY, find)).toMatchObject({ ok: true })
  for (let forgery = 0; forgery < 10_000; forgery += 1) {
    const found = await find(`forged-${forgery}`, later(forgery * 5.9))
    expect(found).toBeNull()
  }
  expect(await judge(genuine, BODY, find)).toMatchObject({ ok: true })
  expect(asked.length).toBeLessThanOrEqual(10)
  expect(await find('key-9', later(180_000))).toBeNull()
  expect(asked.at(-1)).toBe('key-9')
})

test('a key that cannot be had just now is asked for again', async () => {
  let isDown = true
  const find = createWebhookKeys(async (keyId) => {
    if (isDown) throw new Error('nobody answers')
    return findKey(keyId, NOW)
  })
  await expect(find('key-1', NOW)).rejects.toThrow('nobody answers')
  isDown = false
  expect(await find('key-1', NOW)).not.toBeNull()
})
