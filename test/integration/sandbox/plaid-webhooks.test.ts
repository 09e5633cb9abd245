import { createHash } from 'node:crypto'
import { importJWK, jwtVerify } from 'jose'
import { SandboxItemFireWebhookRequestWebhookCodeEnum as Drill } from 'plaid'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { errorCodeOf, linkBank, plaidFor, walkLink } from '#test/support/plaid.ts'
import { eventually, type SandboxProcess, startSandbox } from '#test/support/sandbox.ts'
import { type Received, startWebhookReceiver, type WebhookReceiver } from '#test/support/webhook-receiver.ts'

let receiver: WebhookReceiver
let sandbox: SandboxProcess

beforeAll(async () => {
  receiver = await startWebhookReceiver()
  sandbox = await startSandbox()
})
afterAll(async () => {
  await sandbox.stop()
  await receiver.stop()
})
beforeEach(async () => {
  await sandbox.control('POST', 'reset')
  receiver.answerWith(() => 200)
  receiver.received.length = 0
})

const nameOf = ({ body }: Received): string => {
  const { webhook_type, webhook_code } = JSON.parse(body) as Record<string, string>
  return `${webhook_type}/${webhook_code}`
}

function arrived(name: string, count = 1): Promise<Received[]> {
  return eventually(() => {
    const found = receiver.received.filter((one) => nameOf(one) === name)
    return found.length >= count ? found : null
  })
}

async function quiet(): Promise<void> {
  await eventually(async () => {
    const state = await sandbox.control<{ pending_webhooks: number }>('GET', 'plaid/state')
    return state.pending_webhooks === 0 || null
  })
}

/** Checks a delivery as the provider tells its customers to: with its key, and on the raw body. */
async function verify({ body, headers }: Received): Promise<void> {
  const token = String(headers['plaid-verification'])
  const { payload } = await jwtVerify(
    token,
    async ({ kid }) => {
      const { data } = await plaidFor(sandbox).webhookVerificationKeyGet({ key_id: kid ?? '' })
      return importJWK({ kty: data.key.kty, crv: data.key.crv, x: data.key.x, y: data.key.y }, 'ES256')
    },
    { algorithms: ['ES256'], maxTokenAge: '5 min' },
  )
  expect(payload.request_body_sha256).toBe(createHash('sha256').update(body).digest('hex'))
}

test('the end of a visit is told to the address of its link, signed on the raw body', async () => {
  const { linkToken } = await walkLink(sandbox, { username: 'user_good' }, { webhook: receiver.url })
  const [finished] = await arrived('LINK/SESSION_FINISHED')
  if (!finished) throw new Error('Nothing arrived')
  await verify(finished)
  expect(finished.body).toBe(JSON.stringify(JSON.parse(finished.body), null, 2))
  expect(JSON.parse(finished.body)).toMatchObject({
    status: 'SUCCESS',
    link_token: linkToken,
    public_tokens: [expect.stringMatching(/^public-sandbox-/)],
    environment: 'sandbox',
  })
  receiver.received.length = 0
  await walkLink(sandbox, { username: 'user_good', password: 'wrong' }, { webhook: receiver.url })
  const [left] = await arrived('LINK/SESSION_FINISHED')
  expect(JSON.parse(left?.body ?? '')).toMatchObject({ status: 'EXITED', public_tokens: [] })
})

test.each([
  ['login_required', 'ITEM/ERROR', { error: { error_code: 'ITEM_LOGIN_REQUIRED' } }],
  ['pending_disconnect', 'ITEM/PENDING_DISCONNECT', { reason: 'INSTITUTION_TOKEN_EXPIRATION' }],
  ['pending_expiration', 'ITEM/PENDING_EXPIRATION', {}],
  ['new_accounts', 'ITEM/NEW_ACCOUNTS_AVAILABLE', {}],
  ['revoke', 'ITEM/USER_PERMISSION_REVOKED', { error: { error_code: 'USER_PERMISSION_REVOKED' } }],
  ['repair', 'ITEM/LOGIN_REPAIRED', {}],
])('the control %s sends %s', async (move, name, details) => {
  const { itemId } = await linkBank(sandbox, { username: 'user_good' }, { webhook: receiver.url })
  await sandbox.control('POST', `plaid/items/${itemId}/${move}`)
  const [delivery] = await arrived(name)
  expect(JSON.parse(delivery?.body ?? '')).toMatchObject({ item_id: itemId, ...details })
})

test('one account can be revoked alone', async () => {
  const linked = await linkBank(sandbox, { username: 'user_good' }, { webhook: receiver.url })
  await sandbox.control('POST', `plaid/items/${linked.itemId}/revoke`, { account: '0000' })
  const [delivery] = await arrived('ITEM/USER_ACCOUNT_REVOKED')
  expect(JSON.parse(delivery?.body ?? '')).toMatchObject({ account_id: linked.accountId })
  const { data } = await plaidFor(sandbox).accountsGet({ access_token: linked.accessToken })
  expect(data.accounts.map(({ mask }) => mask)).toEqual(['1111'])
})

test('micro-deposits tell when they have arrived', async () => {
  const login = { username: 'user_good', institution: 'ins_109512' }
  await linkBank(sandbox, login, { webhook: receiver.url })
  await sandbox.control('POST', 'clock/advance', { seconds: 86_400 })
  await arrived('AUTH/AUTOMATICALLY_VERIFIED', 2)
})

test.each([
  [Drill.Error, 'ITEM/ERROR'],
  [Drill.PendingDisconnect, 'ITEM/PENDING_DISCONNECT'],
  [Drill.LoginRepaired, 'ITEM/LOGIN_REPAIRED'],
  [Drill.NewAccountsAvailable, 'ITEM/NEW_ACCOUNTS_AVAILABLE'],
  [Drill.UserPermissionRevoked, 'ITEM/USER_PERMISSION_REVOKED'],
  [Drill.UserAccountRevoked, 'ITEM/USER_ACCOUNT_REVOKED'],
  [Drill.DefaultUpdate, 'AUTH/DEFAULT_UPDATE'],
])('the drill %s sends %s and leaves the item alone', async (webhook_code, name) => {
  const plaid = plaidFor(sandbox)
  const { accessToken: access_token } = await linkBank(
    sandbox,
    { username: 'user_good' },
    { webhook: receiver.url },
  )
  await plaid.sandboxItemFireWebhook({ access_token, webhook_code })
  await arrived(name)
  expect((await plaid.itemGet({ access_token })).data.item.error).toBeNull()
})

test('a drill without an address to send to, or of another product, is refused', async () => {
  const plaid = plaidFor(sandbox)
  const silent = await linkBank(sandbox)
  const heard = await linkBank(sandbox, { username: 'user_good' }, { webhook: receiver.url })
  for (const [access_token, webhook_code] of [
    [silent.accessToken, Drill.Error],
    [heard.accessToken, Drill.RecurringTransactionsUpdate],
  ] as const)
    expect(await errorCodeOf(plaid.sandboxItemFireWebhook({ access_token, webhook_code }))).toBe(
      '400 SANDBOX_ERROR SANDBOX_WEBHOOK_INVALID',
    )
})

test('what is not answered with 200 comes again, and outlives a kill', async () => {
  receiver.answerWith(() => 503)
  const killed = await startSandbox()
  const { linkToken } = await walkLink(killed, { username: 'user_good' }, { webhook: receiver.url })
  // What was on its way when the last test ended may still come.
  const ofThisLink = (count: number): Promise<Received[]> =>
    eventually(() => {
      const found = receiver.received.filter(({ body }) => body.includes(linkToken))
      return found.length >= count ? found : null
    })
  await ofThisLink(1)
  await killed.kill()
  receiver.answerWith(() => 200)
  const back = await startSandbox({ dataDir: killed.dataDir })
  const [first, second] = await ofThisLink(2)
  expect(second?.body).toBe(first?.body)
  await back.stop()
})

test('planned faults forge, age, double and drop deliveries', async () => {
  const fault = (kind: string): Promise<unknown> =>
    sandbox.control('POST', 'faults', { kind, type: 'ITEM/ERROR' })
  const { itemId } = await linkBank(sandbox, { username: 'user_good' }, { webhook: receiver.url })
  const next = async (): Promise<Received> => {
    receiver.received.length = 0
    await sandbox.control('POST', `plaid/items/${itemId}/login_required`)
    const [delivery] = await arrived('ITEM/ERROR')
    if (!delivery) throw new Error('Nothing arrived')
    return delivery
  }
  await verify(await next())
  await fault('bad_signature')
  await expect(verify(await next())).rejects.toThrow('signature verification failed')
  await fault('stale_timestamp')
  await expect(verify(await next())).rejects.toThrow('too far in the past')
  await fault('duplicate')
  await next()
  await arrived('ITEM/ERROR', 2)
  await quiet()
  await fault('drop')
  receiver.received.length = 0
  await sandbox.control('POST', `plaid/items/${itemId}/login_required`)
  await quiet()
  expect(receiver.received).toEqual([])
})

test('a rotated key is told with the time of its end, and the next webhook names another', async () => {
  await walkLink(sandbox, { username: 'user_good' }, { webhook: receiver.url })
  const [before] = await arrived('LINK/SESSION_FINISHED')
  await sandbox.control('POST', 'plaid/webhook_key/rotate')
  const kidOf = (delivery: Received | undefined): string => {
    const [header = ''] = String(delivery?.headers['plaid-verification']).split('.')
    return (JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string }).kid
  }
  const { data } = await plaidFor(sandbox).webhookVerificationKeyGet({ key_id: kidOf(before) })
  expect(data.key.expired_at).toBeLessThan(Date.now() / 1000)
  receiver.received.length = 0
  await walkLink(sandbox, { username: 'user_good' }, { webhook: receiver.url })
  const [after] = await arrived('LINK/SESSION_FINISHED')
  expect(kidOf(after)).not.toBe(kidOf(before))
  const unknown = plaidFor(sandbox).webhookVerificationKeyGet({ key_id: 'nobody' })
  expect(await errorCodeOf(unknown)).toBe('400 INVALID_INPUT INVALID_WEBHOOK_VERIFICATION_KEY_ID')
})
