import { expect } from 'vitest'
import { journey, textOf } from '#test/support/journey.ts'
import { newProvenBuyer } from '#test/support/product-books.ts'
import { openLetter, rowsOf, signInAsStaff, title } from '#test/support/steps.ts'

for (const javaScript of [true, false])
  journey(
    `A buyer links a bank account and agrees to debits${javaScript ? '' : ', without scripts'}`,
    { javaScript },
    async ({ page }) => {
      const buyer = await newProvenBuyer([12_500n])
      await signInAsStaff(page, buyer, `${buyer.base}/methods/add`)
      await page.getByRole('button', { name: 'Link your bank (Plaid)' }).click()

      await page.getByLabel('User name').fill('user_business_rich')
      await page.getByLabel('Password').fill('pass_good')
      await page.getByRole('button', { name: 'Continue' }).click()
      await page.getByRole('button', { name: 'Share and finish' }).click()

      await title(page, 'Read what you agree to').waitFor()
      const words = await textOf(page.getByRole('article', { name: 'What you agree to' }))
      expect(words).toContain('First Platypus Bank, Business Checking ending 2222')
      await page.getByRole('checkbox', { name: /I have read this/ }).check()
      await page.getByRole('button', { name: 'Agree and save this account' }).click()

      await page.getByText('It is saved. You can pay with it now.').waitFor()
      const rows = await rowsOf(page.getByRole('table', { name: 'Saved ways to pay' }))
      expect(rows.join('\n')).toContain('First Platypus Bank, account ending 2222')

      await openLetter(page, buyer.mailbox, /Your agreement to bank debits/)
    },
  )
