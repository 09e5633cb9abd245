import { expect } from 'vitest'
import { journey, textOf } from '#test/support/journey.ts'
import { newBuyer } from '#test/support/product-books.ts'
import { choose, goToCardPage, invoiceRowText, payWith, receipt, signIn, title } from '#test/support/steps.ts'

for (const javaScript of [true, false])
  journey(
    `A declined card charges nothing, says why, and another card pays${javaScript ? '' : ', without scripts'}`,
    { javaScript },
    async ({ page, context }) => {
      const buyer = await newBuyer([31_000n])
      const [number = ''] = buyer.numbers
      await signIn(page, buyer)
      await choose(page, buyer.base, buyer.numbers)
      await goToCardPage(page, '$310.00')
      await payWith(page, 'declined')
      await page.getByRole('heading', { name: 'Nothing was charged' }).waitFor()

      // Meanwhile the portal says what stands in the way, and how to go on.
      const portal = await context.newPage()
      await portal.goto(buyer.base)
      await portal.getByRole('link', { name: 'Finish or cancel it' }).click()
      await title(portal, 'Waiting for you to pay').waitFor()
      expect(await textOf(portal.getByRole('main'))).toMatch(/Nothing was charged.*pay another way/)
      await portal.getByRole('link', { name: 'Go on to pay $310.00' }).click()
      await title(portal, 'Pay by card').waitFor()
      await portal.close()

      await payWith(page, 'good')
      expect(await textOf(await receipt(page))).toContain('$310.00')
      expect(await invoiceRowText(page, buyer.base, number)).toContain('Settled')
    },
  )
