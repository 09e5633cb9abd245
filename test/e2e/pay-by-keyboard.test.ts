import { expect } from 'vitest'
import { journey, textOf } from '#test/support/journey.ts'
import { tabTo } from '#test/support/keyboard.ts'
import { newBuyer } from '#test/support/product-books.ts'
import { CARDS, receipt, title } from '#test/support/steps.ts'

for (const width of [1280, 320] as const)
  journey(
    `A buyer signs in, pays two invoices and reads the receipt with the keyboard alone, ${width} pixels wide`,
    { width },
    async ({ page }) => {
      const buyer = await newBuyer([20_000n, 4_550n])
      const press = (key: string): Promise<void> => page.keyboard.press(key)
      const type = async (label: string, text: string): Promise<void> => {
        await tabTo(page, page.getByLabel(label))
        await page.keyboard.type(text)
      }

      await page.goto('/sign-in')
      await type('E-mail address', buyer.email)
      await type('Password', buyer.password)
      await press('Enter')

      await title(page, /your account$/).waitFor()
      await tabTo(
        page,
        page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Invoices' }),
      )
      await press('Enter')
      await title(page, 'Invoices').waitFor()
      for (const number of buyer.numbers) {
        await tabTo(page, page.getByRole('checkbox', { name: `Choose invoice ${number}` }))
        await press('Space')
      }
      expect(await textOf(page.getByRole('status'))).toContain('$245.50')
      await tabTo(page, page.getByRole('button', { name: 'Review and pay' }))
      await press('Enter')

      await title(page, 'Review and pay').waitFor()
      await tabTo(page, page.getByRole('button', { name: 'Pay $245.50', exact: true }))
      await press('Space')

      await title(page, 'Pay by card').waitFor()
      await type('E-mail', 'noor@buyer.test')
      await type('Card number', CARDS.good)
      await type('Expiry', '12/34')
      await type('Security code', '123')
      await type('Name on card', 'Noor Velander')
      await type('ZIP or postal code', '10115')
      await tabTo(page, page.getByRole('button', { name: 'Pay $245.50' }))
      await press('Enter')

      const paper = await receipt(page)
      expect(await textOf(paper)).toContain('$245.50')
      await tabTo(page, page.getByRole('link', { name: 'Receipt PDF' }))
      const [download] = await Promise.all([page.waitForEvent('download'), press('Enter')])
      expect(download.suggestedFilename()).toMatch(/\.pdf$/)
    },
  )
