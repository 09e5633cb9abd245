import { expect } from 'vitest'
import { countEffort } from '#test/support/effort.ts'
import { journey, product } from '#test/support/journey.ts'
import { newBuyer, newGuest } from '#test/support/product-books.ts'
import { goToCardPage, payWith, receipt, signIn, title } from '#test/support/steps.ts'

/** A known invoice is paid on no more pages of ours, the receipt included, and with no more boxes of ours filled in. */
const MOST_SCREENS = 3
const MOST_FIELDS = 5

journey('Who is not signed in pays a known invoice on three screens, with two fields', {}, async (walk) => {
  const { page, context } = walk
  const buyer = await newBuyer([12_500n, 9_900n])
  const effort = await countEffort(context, product.origin)
  await page.goto(`${buyer.base}/pay?all=open`)
  await title(page, 'Sign in').waitFor()
  await page.getByLabel('E-mail address').fill(buyer.email)
  await page.getByLabel('Password').fill(buyer.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await title(page, 'Review and pay').waitFor()
  await goToCardPage(page, '$224.00')
  await payWith(page, 'good')
  await receipt(page)
  expect([...effort.screens, 'the receipt']).toEqual(['Sign in', 'Review and pay', 'the receipt'])
  expect(effort.screens.size + 1).toBeLessThanOrEqual(MOST_SCREENS)
  expect(effort.fields.size).toBeLessThanOrEqual(MOST_FIELDS)
  expect([...effort.fields]).toEqual(['Sign in: email', 'Sign in: password'])
})

journey(
  'Who is signed in pays an invoice from its page on three screens, with no field',
  {},
  async (walk) => {
    const { page, context } = walk
    const buyer = await newBuyer([12_500n])
    await signIn(page, buyer)
    await page.goto(`${buyer.base}/invoices`)
    const invoice = await page.getByRole('link', { name: buyer.numbers[0] ?? '' }).getAttribute('href')
    const effort = await countEffort(context, product.origin)
    await page.goto(invoice ?? '')
    await page.getByRole('link', { name: /^Pay \$125\.00/ }).click()
    await title(page, 'Review and pay').waitFor()
    await goToCardPage(page, '$125.00')
    await payWith(page, 'good')
    await receipt(page)
    expect([...effort.screens]).toEqual([buyer.numbers[0], 'Review and pay'])
    expect(effort.screens.size + 1).toBeLessThanOrEqual(MOST_SCREENS)
    expect([...effort.fields]).toEqual([])
  },
)

journey('Who holds a pay link pays on two screens, with no field', { width: 320 }, async (walk) => {
  const { page, context } = walk
  const guest = await newGuest([12_300n])
  const effort = await countEffort(context, product.origin)
  await page.goto(guest.path)
  await goToCardPage(page, '$123.00')
  await payWith(page, 'good')
  await receipt(page)
  expect([...effort.screens]).toEqual([`Invoice ${guest.numbers[0]}`])
  expect([...effort.fields]).toEqual([])
})
