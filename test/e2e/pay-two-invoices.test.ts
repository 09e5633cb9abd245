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
} from '#test/support/steps.ts'

for (const javaScript of [true, false])
  journey(
    `A buyer pays two invoices with one card payment${javaScript ? '' : ', without scripts'}`,
    { javaScript },
    async ({ page }) => {
      const buyer = await newBuyer([124_050n, 9_900n, 500n])
      const [first = '', second = '', third = ''] = buyer.numbers
      await signIn(page, buyer)

      await choose(page, buyer.base, [first, second])
      await goToCardPage(page, '$1,339.50')
      await payWith(page, 'good')

      const paper = await receipt(page)
      expect(await textOf(paper)).toContain('$1,339.50')
      expect(await rowsOf(paper.getByRole('table'))).toEqual([
        `${first} 0.00 1,240.50`,
        `${second} 0.00 99.00`,
      ])
      // The page looks again by itself until the entries stand on the ledger.
      await paper.getByText('Recorded on the shared ledger').first().waitFor()

      expect(await invoiceRowText(page, buyer.base, first)).toContain('Settled')
      expect(await invoiceRowText(page, buyer.base, second)).toContain('Settled')
      expect(await invoiceRowText(page, buyer.base, third)).toContain('Past due')
    },
  )
