import { expect, test } from 'vitest'
import { type AgreementFacts, agreementText } from '#app/payments/autopay/orders/agreement.ts'

const FACTS: AgreementFacts = {
  supplierName: 'Harrow & Finch',
  supplierEmail: 'ar@harrow.test',
  customerName: 'Bell & Sons',
  personName: 'Pat Payer',
  methodName: 'First Platypus Bank, account ending 6789',
  isBankAccount: true,
  holderName: 'Bell and Sons LLC',
  currency: 'USD',
  limit: '$5,000.00',
  scope: { kind: 'all' },
  upTo: null,
  daysBefore: 0,
}

test('the text names who debits what, for whom, when, how much, the notice, the tries and how to end it', () => {
  const text = agreementText(FACTS).join('\n')
  const needed = [
    'You authorise Harrow & Finch to debit First Platypus Bank, account ending 6789, held by Bell and Sons LLC, by ACH',
    'rules of Nacha',
    'Pat Payer agrees to this for Bell & Sons and confirms to be authorised to',
    'all invoices in USD, each on its due date',
    'never more than $5,000.00',
    'at least 3 days before each debit',
    'at least 7 days before one whose day changes or whose amount grows',
    'Where Harrow & Finch uses credit first, yours pays before the debit does',
    'a discount for paying early is taken when the day of the debit earns it',
    'tried again 2 times at most',
    'charges no fee for a debit that is returned',
    'end autopay at any time',
    'writing to ar@harrow.test, which takes up to 3 business days',
    'A debit that has begun goes on',
  ]
  for (const words of needed) expect(text).toContain(words)
})

test('a card is charged without its holder there, and nothing is said of banks', () => {
  const text = agreementText({
    ...FACTS,
    isBankAccount: false,
    methodName: 'Visa ending 4242',
    holderName: null,
  }).join('\n')
  expect(text).toContain('to charge Visa ending 4242 without you being present')
  expect(text).not.toMatch(/Nacha|ACH|returned/)
})

test('every choice changes the text, so that its hash stands for all of them', () => {
  const scope = { kind: 'filter', siteId: 'Berlin', poPrefix: 'PO-7', upToMinor: 100_000n } as const
  const others: Partial<AgreementFacts>[] = [
    { methodName: 'Visa ending 4242' },
    { limit: '$5,000.01' },
    { daysBefore: 1 },
    { daysBefore: 5 },
    { currency: 'EUR' },
    { scope, upTo: '$1,000.00' },
    { scope: { ...scope, siteId: null }, upTo: '$1,000.00' },
    { scope: { ...scope, poPrefix: null }, upTo: '$1,000.00' },
    { scope, upTo: null },
    { personName: 'Sam Second' },
  ]
  const texts = [FACTS, ...others.map((each) => ({ ...FACTS, ...each }))].map((facts) =>
    agreementText(facts).join('\n'),
  )
  expect(new Set(texts).size).toBe(texts.length)
})
