import { expect } from 'vitest'
import { journey, textOf } from '#test/support/journey.ts'
import { newProvenBuyer, orderAutopay } from '#test/support/product-books.ts'
import { openLetter, signInAsStaff, title } from '#test/support/steps.ts'

for (const javaScript of [true, false])
  journey(
    `A payer sets up autopay under its text, and gets a copy of it${javaScript ? '' : ', without scripts'}`,
    { javaScript },
    async ({ page }) => {
      const payer = await newProvenBuyer([12_500n])
      await signInAsStaff(page, payer, `${payer.base}/autopay/setup`)
      await title(page, 'Set up autopay').waitFor()
      await page.getByLabel('Days before the due date').fill('3')
      await page.getByRole('button', { name: 'Read the text' }).click()
      const summary = page.getByRole('alert')
      await summary.getByRole('link', { name: /Enter the most that one debit may be/ }).waitFor()
      expect(await page.getByLabel('Days before the due date').inputValue()).toBe('3')

      await page.getByLabel('Most that one debit may be').fill('2,000')
      await page.getByRole('button', { name: 'Read the text' }).click()
      await title(page, 'Read and agree').waitFor()
      const text = await textOf(page.getByRole('main'))
      expect(text).toContain('never more than $2,000.00')
      expect(text).toContain('3 days before its due date')
      await page.getByRole('button', { name: 'Agree and set up autopay' }).click()
      await summary.getByRole('link', { name: /tick the box below it/ }).waitFor()
      await page.getByLabel('I have read this text and agree to it.').check()
      await page.getByRole('button', { name: 'Agree and set up autopay' }).click()

      await title(page, 'Autopay').waitFor()
      expect(await textOf(page.getByRole('main'))).toContain('$2,000.00')
      await openLetter(page, payer.mailbox, /Autopay with .* is set up/)
      expect(await textOf(page.locator('body'))).toContain('never more than $2,000.00')
    },
  )

journey('A payer skips the next debit, pauses autopay and ends it', { width: 320 }, async ({ page }) => {
  const payer = await newProvenBuyer([12_500n])
  await orderAutopay(payer)
  await signInAsStaff(page, payer, `${payer.base}/autopay`)
  await title(page, 'Autopay').waitFor()
  await page.getByRole('button', { name: /^Skip the debit of \$125\.00/ }).click()
  await page.getByText('Your people skipped it.').waitFor()
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.getByText('Your people paused it.').waitFor()
  await page.getByRole('button', { name: 'Resume' }).click()
  await page.getByRole('button', { name: 'Pause' }).waitFor()
  await page.getByRole('button', { name: 'End autopay' }).click()
  await page.getByText('Autopay is not set up').waitFor()
})
