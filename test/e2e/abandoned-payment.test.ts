import { expect } from 'vitest'
import { journey } from '#test/support/journey.ts'
import { newBuyer } from '#test/support/product-books.ts'
import { choose, goToCardPage, invoiceRowText, payInvoices, signIn, title } from '#test/support/steps.ts'

for (const javaScript of [true, false])
  journey(
    `A buyer who turns back cancels the payment, and the invoices can be paid again${javaScript ? '' : ', without scripts'}`,
    { javaScript },
    async ({ page }) => {
      const buyer = await newBuyer([15_000n, 2_500n])
      await signIn(page, buyer)
      await choose(page, buyer.base, buyer.numbers)
      await goToCardPage(page, '$175.00')
      await page.getByRole('link', { name: 'Cancel and go back' }).click()

      await title(page, 'Waiting for you to pay').waitFor()
      await page.getByRole('button', { name: 'Cancel this payment' }).click()
      await title(page, 'This payment was cancelled').waitFor()
      expect(await page.getByRole('link', { name: 'Pay again' }).count()).toBe(1)
      for (const number of buyer.numbers)
        expect(await invoiceRowText(page, buyer.base, number)).toContain('Past due')

      await payInvoices(page, buyer.base, buyer.numbers, '$175.00')
    },
  )
