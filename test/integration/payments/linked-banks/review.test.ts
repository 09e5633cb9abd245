/** What about bank accounts and their debits is put before staff, and what is not. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { asId } from '#app/books/ids.ts'
import { composeMail } from '#app/notices/compose-mail.server.ts'
import { db } from '#app/platform/db.server.ts'
import { exceptionWords } from '#app/reconciliation/exception-words.ts'
import {
  type BankWorld,
  beginLink,
  caughtEvents,
  debit,
  deliverEvents,
  keepBank,
  moveItem,
  openBankWorld,
} from '#test/support/bank-world.ts'
import { issueInvoice } from '#test/support/books.ts'
import { type Buyer, chargeSaved, createBuyer, saveMethod } from '#test/support/card-world.ts'

let world: BankWorld
beforeAll(async () => {
  world = await openBankWorld()
})
afterAll(() => world.stop())
beforeEach(() => caughtEvents(world))

/** The reasons of the cases that are open about a customer. */
async function reasonsAbout({ customerId }: Buyer): Promise<unknown[]> {
  const cases = await db.exceptionCase.findMany({ where: { customerId, kind: 'bank.review' } })
  return cases.map(({ detail }) => (detail as { reasons: string }).reasons)
}

test('a usual account and a usual debit are nobody’s business', async () => {
  const buyer = await createBuyer([1_000_000n])
  const { methodId } = await keepBank(world, buyer)
  expect(await debit(world, buyer, methodId)).toMatchObject({ state: 'processing' })
  expect(await reasonsAbout(buyer)).toEqual([])
})

test('a large first debit goes through and is looked at; the second one is not', async () => {
  const buyer = await createBuyer([1_000_001n])
  const { methodId } = await keepBank(world, buyer)
  expect(await debit(world, buyer, methodId)).toMatchObject({ state: 'processing' })
  expect(await reasonsAbout(buyer)).toEqual(['large_first_debit'])
  const invoiceIds = [asId<'inv'>(await issueInvoice(buyer.customerId, 2_000_000n))]
  expect(await debit(world, { ...buyer, invoiceIds }, methodId)).toMatchObject({ state: 'processing' })
  expect(await reasonsAbout(buyer)).toEqual(['large_first_debit'])
  expect(exceptionWords('bank.review').title).toBe('Something about a bank account is unusual')
})

test('the first debit of an account that was entered by its numbers counts as well', async () => {
  const buyer = await createBuyer([1_000_001n])
  const methodId = await saveMethod(world, buyer, { bank_account: '000123456789' })
  if (methodId === null) throw new Error('nothing was saved')
  await chargeSaved(world, buyer, methodId)
  expect(await reasonsAbout(buyer)).toEqual(['large_first_debit'])
})

test('many accounts in a day, and another account than was paid from before, are looked at', async () => {
  const many = await createBuyer([])
  for (let tries = 1; tries <= 3; tries += 1) await beginLink(world, many)
  await keepBank(world, many)
  expect(await reasonsAbout(many)).toEqual(['many_accounts'])

  const changed = await createBuyer([5_000n])
  const { methodId } = await keepBank(world, changed)
  await debit(world, changed, methodId)
  expect(await reasonsAbout(changed)).toEqual([])
  await keepBank(world, changed)
  expect(await reasonsAbout(changed)).toEqual(['changed_account'])
})

test('each letter about a link names the account and leads to the one thing to do', async () => {
  const buyer = await createBuyer([])
  const { linkId } = await keepBank(world, buyer)
  const moves = ['pending_disconnect', 'login_required', 'repair', 'revoke']
  for (const move of moves) {
    await moveItem(world, linkId, move)
    await deliverEvents(world, await caughtEvents(world))
  }
  const customer = await db.customer.findUniqueOrThrow({ where: { id: buyer.customerId } })
  const rows = await db.mailOutbox.findMany({
    where: { template: 'bank-link', recipient: customer.email ?? '' },
    orderBy: { createdAt: 'asc' },
  })
  const letters = await Promise.all(rows.map((row) => composeMail(row)))
  expect(letters.map(({ letter }) => letter.subject)).toEqual([
    'Your bank will end its link to us',
    'Your bank asks you to sign in again',
    'Your bank account is not linked any more',
  ])
  for (const { letter } of letters) {
    expect(letter.lines[0]).toContain('First Platypus Bank, Business Checking ending 2222')
    expect(letter.action?.url).toMatch(/^http:\/\/localhost:3000\/c\/cst_\w+\/methods/)
  }
})
