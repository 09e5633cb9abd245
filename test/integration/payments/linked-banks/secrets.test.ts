/** Tokens and account numbers stay where they belong: never in a log line, never readable in the database. */
import pg from 'pg'
import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { asId } from '#app/books/ids.ts'
import { openToken } from '#app/payments/linked-banks/access-token.server.ts'
import { keepLinkedAccount } from '#app/payments/linked-banks/keep-account.server.ts'
import { sweepLinks } from '#app/payments/linked-banks/links/sweep-links.server.ts'
import { syncBankLink } from '#app/payments/linked-banks/links/sync-link.server.ts'
import { db } from '#app/platform/db.server.ts'
import { log } from '#app/platform/log.server.ts'
import {
  agree,
  type BankWorld,
  beginLink,
  caughtEvents,
  debit,
  deliverEvents,
  linkRow,
  moveItem,
  openBankWorld,
  visitBank,
} from '#test/support/bank-world.ts'
import { createBuyer, deliverWebhooks } from '#test/support/card-world.ts'
import { testDatabase } from '#test/support/database.ts'

let world: BankWorld
const lines: string[] = []
beforeAll(async () => {
  world = await openBankWorld()
  log.level = 'trace'
  const stream: { write: (line: string) => void } = Reflect.get(log, pino.symbols.streamSym)
  stream.write = (line) => lines.push(line)
})
afterAll(() => world.stop())

const NUMBER = '918273645501'
/** Of the account, and of the card service's own test account that stands for it. */
const SECRETS = [
  /access-sandbox-/,
  /public-sandbox-/,
  /btok_/,
  new RegExp(NUMBER),
  /000123456789/,
  /sandbox-secret/,
]
const LOGIN = {
  username: 'user_custom',
  password: JSON.stringify({ override_accounts: [{ numbers: { account: NUMBER } }] }),
}

/** Every row of every table, as text. */
async function dump(): Promise<string> {
  const client = new pg.Client(testDatabase.ownerUrl)
  await client.connect()
  try {
    const { rows } = await client.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
        WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    )
    const texts = []
    for (const { name } of rows) {
      const found = await client.query<{ row: string }>(`SELECT t::text AS row FROM ${name} AS t`)
      texts.push(...found.rows.map(({ row }) => `${name} ${row}`))
    }
    return texts.join('\n')
  } finally {
    await client.end()
  }
}

function expectNoSecret(text: string): void {
  for (const secret of SECRETS) expect.soft(text).not.toMatch(secret)
}

test('a whole life of a link, with every call failing once, leaves no token and no number behind', async () => {
  const buyer = await createBuyer([5_000n])
  const fail = (path: string) =>
    world.sandbox.control('POST', 'faults', { kind: 'status', status: 500, count: 3, path })
  const linkId = await beginLink(world, buyer)
  await visitBank(world, linkId, LOGIN)
  for (const path of [
    '/plaid/link/token/get',
    '/plaid/item/get',
    '/plaid/accounts/get',
    '/plaid/identity/match',
  ]) {
    await fail(path)
    await syncBankLink(world.banks, linkId).catch((error: unknown) =>
      log.error({ err: error }, 'a try failed'),
    )
    await world.sandbox.control('DELETE', 'faults')
  }
  await syncBankLink(world.banks, linkId)
  const { accessToken } = await linkRow(linkId)
  // The token is there, and opens: that nothing is found below means that it is sealed, not that it is missing.
  expect(openToken(linkId, accessToken ?? '')).toMatch(/^access-sandbox-/)
  await db.bankLink.update({ where: { id: linkId }, data: { state: 'linked', holderCheck: 'approved' } })
  expectNoSecret(await dump())

  expect(await agree(buyer, linkId)).toBeNull()
  for (const path of ['/plaid/processor', '/v1/customers/', '/v1/setup_intents']) {
    await fail(path)
    await keepLinkedAccount(world.processor, world.banks, linkId).catch((error: unknown) =>
      log.error({ err: error }, 'a try failed'),
    )
    expectNoSecret(await dump())
    await world.sandbox.control('DELETE', 'faults')
  }
  await keepLinkedAccount(world.processor, world.banks, linkId)
  const method = await db.savedMethod.findFirstOrThrow({ where: { bankLinkId: linkId } })
  await fail('/plaid/accounts/balance')
  expect(await debit(world, buyer, asId<'met'>(method.id))).toMatchObject({ state: 'processing' })
  await moveItem(world, linkId, 'revoke')
  await deliverWebhooks(world)
  await deliverEvents(world, await caughtEvents(world))
  await sweepLinks(world.processor, world.banks)

  const all = await dump()
  expect(all).toContain('First Platypus Bank')
  expect(all).toContain('LINK/SESSION_FINISHED')
  expectNoSecret(all)
  expect(lines.length).toBeGreaterThan(5)
  expect(lines.join('')).toContain('a try failed')
  expectNoSecret(lines.join(''))
})
