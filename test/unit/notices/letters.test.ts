import { expect, test } from 'vitest'
import { newId } from '#app/books/ids.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { money } from '#app/money/money.ts'
import { escapeHtml, letterHtml, letterText } from '#app/notices/letter.ts'
import { magicLinkLetter, receiptLetter } from '#app/notices/letters.ts'
import type { Receipt } from '#app/payments/receipts/receipt.ts'
import { parseBusinessDate } from '#app/platform/time.ts'

const USD = parseCurrency('USD')
const SENDER = { name: 'Harrow & Finch', email: 'ar@harrow.test', phone: null }
const LINKS = {
  payment: 'http://localhost:3000/c/cst_1/payments/pay_1',
  check: 'http://localhost:3000/check',
}

const RECEIPT: Receipt = {
  paymentId: newId<'pay'>(),
  number: 'P-000007',
  supplier: { name: 'Harrow & Finch LLC', addressLines: [], numbers: [], email: SENDER.email, phone: null },
  customer: { name: 'Bell <b>& Sons</b>', addressLines: [], numbers: [] },
  settledOn: parseBusinessDate('2026-12-03'),
  settledAt: new Date('2026-12-03T12:00:00Z'),
  received: money(124_050n, USD),
  method: 'by Visa ending 4242',
  providerReference: 'pi_1',
  items: [
    {
      invoiceId: newId<'inv'>(),
      invoiceNumber: '2001',
      poNumber: null,
      amount: money(120_000n, USD),
      takenOff: money(0n, USD),
      openAfter: money(0n, USD),
    },
  ],
  fee: money(0n, USD),
  unapplied: money(4_050n, USD),
  reversals: [],
  ledger: [],
  locale: 'en-US',
  timeZone: 'America/New_York',
}

test('a receipt letter says amount, day and way of paying in its first line, and the rows add up to the total', () => {
  const letter = receiptLetter(RECEIPT, SENDER, LINKS)
  expect(letter.lines).toHaveLength(3)
  expect(letter.lines[0]).toBe('We received $1,240.50 on 3 Dec 2026, paid by Visa ending 4242. Thank you.')
  expect(letter.table?.rows).toEqual([
    ['Invoice 2001', '1,200.00'],
    ['Kept as credit on your account', '40.50'],
  ])
  expect(letter.table?.foot).toEqual(['Total', '1,240.50'])
})

test('text and page carry the same words, and names cannot bring markup into the page', () => {
  const letter = receiptLetter(RECEIPT, SENDER, LINKS)
  const [text, html] = [letterText(letter), letterHtml(letter)]
  for (const words of [...letter.lines, ...letter.signature, 'Invoice 2001', LINKS.payment]) {
    expect(text).toContain(words)
    expect(html).toContain(escapeHtml(words))
  }
  expect(html).not.toContain('<b>')
  expect(html).not.toMatch(/<(script|img|link|iframe)/)
})

test('the columns of the text’s table line up', () => {
  const table = letterText(receiptLetter(RECEIPT, SENDER, LINKS))
    .split('\n')
    .filter((line) => /(\d\.\d\d|USD)$/.test(line) && !line.startsWith('We'))
  expect(table.length).toBeGreaterThan(2)
  expect(new Set(table.map((line) => line.length)).size).toBe(1)
})

test('a sign-in letter carries its link whole', () => {
  const link = 'http://localhost:3000/sign-in/link/open?token=a%2Bb&next=%2Fc%2F1'
  const letter = magicLinkLetter({ name: 'Ann', link, minutes: 10 }, SENDER)
  expect(letterText(letter)).toContain(`\n${link}\n`)
  expect(letterHtml(letter)).toContain(`href="${link.replaceAll('&', '&amp;')}"`)
  expect(letterText(letter)).toContain('10 minutes')
})
