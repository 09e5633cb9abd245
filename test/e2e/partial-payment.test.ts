import { expect } from 'vitest'
import { journey, textOf } from '#test/support/journey.ts'
import { newBuyer } from '#test/support/product-books.ts'
import {
  choose,
  goToCardPage,
  invoiceRowText,
  payWith,
  receipt,
  rowsOf,
  signIn,
  title,
} from '#test/support/steps.ts'

for (const javaScript of [true, false])
  journey(
    `A buyer pays a part; what cannot be paid is refused with all that was typed kept${javaScript ? '' : ', without scripts'}`,
    { javaScript },
    async ({ page }) => {
      const buyer = await newBuyer([100_000n, 5_000n])
      const [first = '', second = ''] = buyer.numbers
      const amount = page.getByLabel(`Amount for invoice ${first}`)
      await signIn(page, buyer)
      await choose(page, buyer.base, buyer.numbers)

      await amount.fill('1000.001')
      // Without scripts the button still names the old sum.
      const shown = javaScript ? '$50.00' : '$1,050.00'
      await page.getByRole('button', { name: `Pay ${shown}`, exact: true }).click()
      await page.getByRole('heading', { name: 'There is a problem' }).waitFor()
      expect(await textOf(page.getByRole('alert'))).toContain('has more decimals')
      expect(await amount.inputValue()).toBe('1000.001')
      expect(await amount.getAttribute('aria-invalid')).toBe('true')

      await amount.fill('250')
      await page.getByRole('checkbox', { name: `Pay invoice ${second}` }).uncheck()
      if (!javaScript) {
        await page.getByRole('button', { name: 'Add up again' }).click()
        await title(page, 'Review and pay').waitFor()
      }
      await goToCardPage(page, '$250.00')
      await payWith(page, 'good')

      const paper = await receipt(page)
      expect(await rowsOf(paper.getByRole('table'))).toEqual([`${first} 750.00 250.00`])
      expect(await invoiceRowText(page, buyer.base, first)).toMatch(/1,000\.00 750\.00$/)
      expect(await invoiceRowText(page, buyer.base, second)).toMatch(/50\.00 50\.00$/)
    },
  )
