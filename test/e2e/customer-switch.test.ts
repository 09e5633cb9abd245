import { expect } from 'vitest'
import { journey, textOf } from '#test/support/journey.ts'
import { demoPerson } from '#test/support/product-books.ts'
import { signIn, title } from '#test/support/steps.ts'

for (const javaScript of [true, false])
  journey(
    `A buyer of two customers chooses one and changes to the other${javaScript ? '' : ', without scripts'}`,
    { javaScript },
    async ({ page }) => {
      await signIn(page, demoPerson('Buyer: pays for two customers'))
      await title(page, 'Choose a company').waitFor()
      await page.getByRole('link', { name: 'Kestrelby Outfitters' }).click()
      await title(page, 'Kestrelby Outfitters: your account').waitFor()
      const first = page.url()

      await page.getByText('Kestrelby Outfitters', { exact: true }).click()
      await page.getByRole('link', { name: /Kestrelby Online/ }).click()
      await title(page, 'Kestrelby Online: your account').waitFor()
      expect(page.url()).not.toBe(first)
      expect(await textOf(page.getByRole('banner'))).toContain('Kestrelby Online')
    },
  )
