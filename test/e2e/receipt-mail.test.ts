import { expect } from 'vitest'
import { journey, product, textOf } from '#test/support/journey.ts'
import { newBuyer } from '#test/support/product-books.ts'
import { openLetter, payInvoices, signIn } from '#test/support/steps.ts'

journey('The receipt of a payment arrives by mail, with the paper attached', {}, async ({ page }) => {
  const buyer = await newBuyer([64_000n])
  await signIn(page, buyer)
  const paper = await payInvoices(page, buyer.base, buyer.numbers, '$640.00')
  const number = /Receipt (\S+)/.exec(await textOf(paper))?.[1] ?? ''
  expect(number).not.toBe('')

  await openLetter(page, buyer.mailbox, /receipt/i)
  const letter = await textOf(page.locator('body'))
  expect(letter).toContain('$640.00')
  expect(letter).toContain(number)
  const attachment = page.getByRole('link', { name: /\.pdf$/ })
  const [download] = await Promise.all([page.waitForEvent('download'), attachment.click()])
  expect(await download.failure()).toBeNull()

  // What the letter leads to is the portal, not a stranger.
  const links = await page
    .locator('pre a')
    .evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''))
  expect(links.length).toBeGreaterThan(0)
  for (const link of links) expect(link.startsWith(product.origin)).toBe(true)
})
