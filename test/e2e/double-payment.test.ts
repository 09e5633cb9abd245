import { expect } from 'vitest'
import { journey, textOf } from '#test/support/journey.ts'
import { newBuyer } from '#test/support/product-books.ts'
import { choose, goToCardPage, payWith, receipt, rowsOf, signIn, title } from '#test/support/steps.ts'

journey(
  'A second payment of the same invoice is refused with a link to the first, which can then be finished',
  {},
  async ({ page, context }) => {
    const buyer = await newBuyer([48_000n])
    await signIn(page, buyer)
    await choose(page, buyer.base, buyer.numbers)
    // A second window has the review open before the first one pays.
    const second = await context.newPage()
    await choose(second, buyer.base, buyer.numbers)

    await goToCardPage(page, '$480.00')
    await second.getByRole('button', { name: 'Pay $480.00', exact: true }).click()
    const problem = second.getByRole('alert')
    await problem.waitFor()
    expect(await textOf(problem)).toContain('There is a problem')
    expect(await problem.evaluate((box) => box === document.activeElement)).toBe(true)
    await second.getByRole('link', { name: 'Open that payment', exact: true }).click()
    await title(second, 'Waiting for you to pay').waitFor()
    await second.getByRole('link', { name: 'Go on to pay $480.00' }).click()
    await title(second, 'Pay by card').waitFor()
    await payWith(second, 'good')
    await receipt(second)

    // The first window's card page is spent: it cannot charge again, and leads to the same receipt.
    await payWith(page, 'good')
    await receipt(page)
    await page.goto(`${buyer.base}/payments`)
    await title(page, 'Payments').waitFor()
    expect(await rowsOf(page.getByRole('table', { name: 'Payments' }))).toHaveLength(1)
  },
)
