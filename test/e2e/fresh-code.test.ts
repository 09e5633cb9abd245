import { expect } from 'vitest'
import { totpCode, totpStep } from '#app/parties/totp.ts'
import { journey } from '#test/support/journey.ts'
import { letCodeAge, newStaff } from '#test/support/product-books.ts'
import { signInAsStaff, title } from '#test/support/steps.ts'

for (const javaScript of [true, false])
  journey(
    `A manager whose code is old gives a new one, and what they entered is saved${javaScript ? '' : ', without scripts'}`,
    { javaScript },
    async ({ page }) => {
      const manager = await newStaff('manager')
      await signInAsStaff(page, manager, '/staff/settings/payments?currency=CHF')
      await letCodeAge(manager)
      await page.getByLabel('Tolerance, CHF').fill('0.37')
      await page.getByRole('button', { name: 'Save the rules for CHF' }).click()

      await title(page, 'Enter your code').waitFor()
      await page.getByLabel('Code').fill('000000')
      await page.getByRole('button', { name: 'Continue' }).click()
      await page.getByRole('alert').getByText('This code is not right').waitFor()
      const next = totpCode(manager.totpSecret ?? '', totpStep(new Date()) + 1n)
      await page.getByLabel('Code').fill(next)
      await page.getByRole('button', { name: 'Continue' }).click()

      await page.getByText('The rules for CHF are saved.').waitFor()
      expect(await page.getByLabel('Tolerance, CHF').inputValue()).toBe('0.37')
    },
  )
