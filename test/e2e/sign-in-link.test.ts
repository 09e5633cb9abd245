import { expect } from 'vitest'
import { journey } from '#test/support/journey.ts'
import { newBuyer } from '#test/support/product-books.ts'
import { openLetter, title } from '#test/support/steps.ts'

for (const javaScript of [true, false])
  journey(
    `A buyer signs in with a link from a letter, once${javaScript ? '' : ', without scripts'}`,
    { javaScript },
    async ({ page, context }) => {
      const buyer = await newBuyer([1_000n])
      await page.goto(`${buyer.base}/invoices`)
      await page.getByRole('link', { name: 'Send me a sign-in link instead' }).click()
      await title(page, 'Sign in by e-mail').waitFor()
      await page.getByLabel('E-mail address').fill(buyer.email)
      await page.getByRole('button', { name: 'Send the link' }).click()
      await title(page, 'Look at your e-mail').waitFor()

      const letter = await context.newPage()
      await openLetter(letter, buyer.email, /sign.?in/i)
      const link = await letter.locator('pre a[href*="/sign-in/link/open"]').getAttribute('href')
      await letter.close()

      await page.goto(link ?? '')
      await page.getByRole('button', { name: 'Sign in', exact: true }).click()
      // It leads to the page that was asked for at first.
      await title(page, 'Invoices').waitFor()
      await page.getByRole('button', { name: 'Sign out' }).click()
      await title(page, 'Sign in').waitFor()

      await page.goto(link ?? '')
      await page.getByRole('button', { name: 'Sign in', exact: true }).click()
      await page.getByText('This link was used already or is older than ten minutes.').first().waitFor()
      expect(await page.getByRole('button', { name: 'Sign out' }).count()).toBe(0)
    },
  )
