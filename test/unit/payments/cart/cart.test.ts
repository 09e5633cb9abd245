import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeId, type InvoiceId, newId } from '#app/books/ids.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { money } from '#app/money/money.ts'
import { amountField, CART_FIELDS, spreadLumpSum } from '#app/payments/cart/cart.ts'
import { hashCart } from '#app/payments/cart/cart-hash.server.ts'
import { parseCart } from '#app/payments/cart/parse-cart.ts'

const USD = parseCurrency('USD')
const [first, second] = [newId<'inv'>(1), newId<'inv'>(2)] as const

function cartForm(
  amounts: readonly (readonly [InvoiceId, string])[],
  overrides: Record<string, string> = {},
): FormData {
  const form = new FormData()
  form.set(CART_FIELDS.paymentId, encodeId('pay', newId<'pay'>()))
  form.set(CART_FIELDS.currency, 'USD')
  for (const [id, amount] of amounts) {
    form.append(CART_FIELDS.invoice, encodeId('inv', id))
    form.set(amountField(id), amount)
  }
  for (const [name, value] of Object.entries(overrides)) form.set(name, value)
  return form
}

test('several invoices with an amount each are read exactly', () => {
  const parsed = parseCart(
    cartForm([
      [second, '1,240.50'],
      [first, '$12'],
    ]),
  )
  if (!parsed.ok) throw new Error('refused')
  expect(parsed.cart.items).toEqual([
    { invoiceId: first, amount: money(1_200n, USD) },
    { invoiceId: second, amount: money(124_050n, USD) },
  ])
})

test.each([
  ['', 'AMOUNT_NOT_READABLE'],
  ['twelve', 'AMOUNT_NOT_READABLE'],
  ['12.345', 'AMOUNT_NOT_READABLE'],
  ['9999999999999', 'AMOUNT_NOT_READABLE'],
  ['0', 'AMOUNT_NOT_POSITIVE'],
  ['-5', 'AMOUNT_NOT_POSITIVE'],
] as const)('the amount “%s” is refused as %s, at its invoice, and stays as typed', (typed, code) => {
  const parsed = parseCart(
    cartForm([
      [first, typed],
      [second, '10'],
    ]),
  )
  expect(parsed).toMatchObject({ ok: false, problems: [{ code, invoiceId: first }] })
  expect(parsed.typed.amounts).toEqual({ [first]: typed, [second]: '10' })
})

test('all problems are named at once', () => {
  const parsed = parseCart(
    cartForm([
      [first, 'x'],
      [second, '0'],
    ]),
  )
  expect(!parsed.ok && parsed.problems.map((each) => each.code)).toEqual([
    'AMOUNT_NOT_READABLE',
    'AMOUNT_NOT_POSITIVE',
  ])
})

test.each([
  ['nothing ticked', cartForm([]), 'CART_EMPTY'],
  [
    '101 invoices',
    cartForm(Array.from({ length: 101 }, (_, n) => [newId<'inv'>(n), '1'] as const)),
    'CART_TOO_LARGE',
  ],
  ['a made-up invoice', cartForm([[first, '1']], { [CART_FIELDS.invoice]: 'inv_1' }), 'INVOICE_NOT_FOUND'],
  [
    'a made-up payment id',
    cartForm([[first, '1']], { [CART_FIELDS.paymentId]: 'pay_x' }),
    'FORM_NOT_READABLE',
  ],
  ['an unknown currency', cartForm([[first, '1']], { [CART_FIELDS.currency]: 'XXQ' }), 'FORM_NOT_READABLE'],
])('%s is refused', (_what, form, code) => {
  expect(parseCart(form)).toMatchObject({ ok: false, problems: [{ code }] })
})

test('an invoice ticked twice is paid once', () => {
  const form = cartForm([[first, '5']])
  form.append(CART_FIELDS.invoice, encodeId('inv', first))
  const parsed = parseCart(form)
  expect(parsed.ok && parsed.cart.items).toHaveLength(1)
})

test('a file where a text should be is no crash', () => {
  const form = cartForm([[first, '5']])
  form.set(amountField(first), new File(['5'], 'amount.txt'))
  expect(parseCart(form)).toMatchObject({ ok: false, problems: [{ code: 'AMOUNT_NOT_READABLE' }] })
})

test('the hash names the intent: other order is the same, any other amount, invoice or customer is not', () => {
  const items = [
    { invoiceId: first, amount: money(1n, USD) },
    { invoiceId: second, amount: money(2n, USD) },
  ]
  const cart = { paymentId: newId<'pay'>(), currency: USD, items }
  const [ours, theirs] = [newId<'cst'>(), newId<'cst'>()] as const
  const hash = hashCart(ours, cart)
  expect(hashCart(ours, { ...cart, items: items.toReversed() })).toBe(hash)
  const others = [
    hashCart(theirs, cart),
    hashCart(ours, { ...cart, items: items.slice(1) }),
    hashCart(ours, { ...cart, items: [{ invoiceId: first, amount: money(2n, USD) }, ...items.slice(1)] }),
    hashCart(ours, { ...cart, currency: parseCurrency('EUR') }),
  ]
  expect(new Set([hash, ...others]).size).toBe(5)
})

test('a lump sum goes to the first ones first, nobody gets more than is payable, and nothing is lost', () => {
  fc.assert(
    fc.property(
      fc.bigInt(0n, 10n ** 12n),
      fc.array(fc.bigInt(0n, 10n ** 9n), { maxLength: 30 }),
      (lump, payables) => {
        const rows = payables.map((minor, n) => ({ invoiceId: newId<'inv'>(n), payable: money(minor, USD) }))
        const { parts, rest } = spreadLumpSum(money(lump, USD), rows)
        expect(parts.reduce((sum, part) => sum + part.amount.minor, rest.minor)).toBe(lump)
        let isFull = true
        for (const [index, part] of parts.entries()) {
          const payable = rows[index]?.payable.minor ?? 0n
          expect(part.amount.minor >= 0n && part.amount.minor <= payable).toBe(true)
          if (part.amount.minor > 0n) expect(isFull).toBe(true)
          isFull = part.amount.minor === payable
        }
        if (rest.minor > 0n)
          expect(parts.every((part, index) => part.amount.minor === rows[index]?.payable.minor)).toBe(true)
      },
    ),
  )
})
