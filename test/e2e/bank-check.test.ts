import { expect } from 'vitest'
import { journey, textOf } from '#test/support/journey.ts'
import { newBuyer } from '#test/support/product-books.ts'
import { choose, goToCardPage, payWith, receipt, signIn } from '#test/support/steps.ts'

journey(
  'A bank asks for a check; refused, nothing is charged; passed, the invoice is paid',
  {},
  async ({ page }) => {
    const buyer = await newBuyer([7_725n])
    await signIn(page, buyer)
    await choose(page, buyer.base, buyer.numbers)
    await goToCardPage(page, '$77.25')

    await payWith(page, 'bankCheck')
    await page.getByRole('button', { name: 'Fail' }).click()
    await page.getByRole('heading', { name: 'Nothing was charged' }).waitFor()

    await payWith(page, 'bankCheck')
    await page.getByRole('button', { name: 'Complete' }).click()
    expect(await textOf(await receipt(page))).toContain('$77.25')
  },
)
