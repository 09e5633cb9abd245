import { expect } from 'vitest'
import { journey, textOf } from '#test/support/journey.ts'
import { newBuyer } from '#test/support/product-books.ts'
import { signIn, title } from '#test/support/steps.ts'

for (const javaScript of [true, false])
  journey(
    `After signing out no page of the account opens, not even by going back${javaScript ? '' : ', without scripts'}`,
    { javaScript },
    async ({ page }) => {
      const buyer = await newBuyer([12_300n])
      await signIn(page, buyer)
      await page.goto(`${buyer.base}/invoices`)
      await title(page, 'Invoices').waitFor()
      await page.getByRole('button', { name: 'Sign out' }).click()
      await title(page, 'Sign in').waitFor()

      await page.goBack()
      await title(page, 'Sign in').waitFor()
      await page.goto(`${buyer.base}/invoices`)
      await title(page, 'Sign in').waitFor()
      expect(await textOf(page.locator('body'))).not.toContain(buyer.numbers[0] ?? '')
      // Signing in again leads to where one wanted to go.
      await page.getByLabel('E-mail address').fill(buyer.email)
      await page.getByLabel('Password').fill('not my password')
      await page.getByRole('button', { name: 'Sign in', exact: true }).click()
      await page.getByRole('heading', { name: 'There is a problem' }).waitFor()
      expect(await page.getByLabel('E-mail address').inputValue()).toBe(buyer.email)
      await page.getByLabel('Password').fill(buyer.password)
      await page.getByRole('button', { name: 'Sign in', exact: true }).click()
      await title(page, 'Invoices').waitFor()
    },
  )
