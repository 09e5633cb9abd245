import { expect } from 'vitest'
import { journey, textOf } from '#test/support/journey.ts'
import { demoPerson, giveCredit, newBuyer, newEarlyBuyer } from '#test/support/product-books.ts'
import { choose, goToCardPage, invoiceRowText, payWith, receipt, signIn, title } from '#test/support/steps.ts'

journey('A buyer pays a part early and earns its share of the discount', {}, async ({ page }) => {
  const buyer = await newEarlyBuyer(100_000n)
  const [number = ''] = buyer.numbers
  await signIn(page, buyer)
  await choose(page, buyer.base, buyer.numbers)
  const totals = page.locator('.cart-totals')
  expect(await textOf(totals)).toMatch(/\$1,000\.00\s+\$980\.00/)
  expect(await textOf(page.getByRole('table'))).toContain('Save 20.00 if you pay by')
  await page.getByLabel(`Amount for invoice ${number}`).fill('490')
  expect(await textOf(totals)).toContain('You save $10.00')
  await goToCardPage(page, '$490.00')
  await payWith(page, 'good')
  await receipt(page)
  expect(await invoiceRowText(page, buyer.base, number)).toMatch(/1,000\.00 500\.00$/)
})

journey(
  'The first buyer of the demo sees at the first start what paying early saves',
  {},
  async ({ page }) => {
    await signIn(page, demoPerson('Buyer: pays for Quillhaven'))
    await page.getByRole('link', { name: 'Invoices', exact: true }).click()
    await title(page, 'Invoices').waitFor()
    await page.goto(`${new URL(page.url()).pathname.replace(/\/invoices.*/, '')}/pay?all=open`)
    await title(page, 'Review and pay').waitFor()
    const [cart, totals] = [page.getByRole('table').first(), page.locator('.cart-totals').first()]
    expect(await textOf(cart)).toMatch(/Save [\d,.]+ if you pay by \d+ \w+ \d{4}/)
    expect(await textOf(totals)).toMatch(/You save \$[\d,.]+/)
    expect(await totals.locator('s').count()).toBe(1)
  },
)

for (const javaScript of [true, false])
  journey(
    `A buyer pays less and disputes the rest in the same step${javaScript ? '' : ', without scripts'}`,
    { javaScript },
    async ({ page }) => {
      const buyer = await newBuyer([50_000n], ['view', 'pay', 'dispute'])
      const [number = ''] = buyer.numbers
      await signIn(page, buyer)
      await choose(page, buyer.base, buyer.numbers)
      const reason = page.getByLabel(`Why you pay less on invoice ${number}`)
      expect(await reason.count()).toBe(0)
      await page.getByLabel(`Amount for invoice ${number}`).fill('300')
      if (!javaScript) await page.getByRole('button', { name: 'Add up again' }).click()
      await reason.selectOption({ label: 'I disagree with the rest' })
      await goToCardPage(page, '$300.00')
      await payWith(page, 'good')
      await receipt(page)
      await page.goto(`${buyer.base}/invoices?status=disputed`)
      await title(page, 'Invoices').waitFor()
      expect(await textOf(page.getByRole('table', { name: 'Invoices' }))).toContain(number)
    },
  )

journey('A buyer pays more than is due, sees where it goes, and keeps it as credit', {}, async ({ page }) => {
  const buyer = await newBuyer([4_000n])
  await signIn(page, buyer)
  await choose(page, buyer.base, buyer.numbers)
  await page.getByLabel(`Amount for invoice ${buyer.numbers[0]}`).fill('55')
  await page.getByRole('button', { name: 'Pay $55.00', exact: true }).click()
  await page.getByText('would be kept as credit on your account').waitFor()
  expect(await page.getByLabel(/^Kept as credit/).inputValue()).toBe('15.00')
  await goToCardPage(page, '$55.00')
  await payWith(page, 'good')
  expect(await textOf(await receipt(page))).toContain('15.00')
})

journey(
  'Credit covers everything: no card page, and a page that says so',
  { javaScript: false },
  async ({ page }) => {
    const buyer = await newBuyer([4_000n])
    await giveCredit(buyer.id, 5_000n)
    await signIn(page, buyer)
    await choose(page, buyer.base, buyer.numbers)
    await page.getByRole('button', { name: 'Pay with your credit' }).click()
    await title(page, 'Paid with your credit').waitFor()
    const address = page.url()
    await page.goto(address)
    expect(await textOf(page.getByRole('main'))).toContain('$40.00 of your credit was applied')
  },
)
