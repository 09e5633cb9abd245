import AxeBuilder from '@axe-core/playwright'
import { expect } from 'vitest'
import { journey, textOf } from '#test/support/journey.ts'
import { tabTo } from '#test/support/keyboard.ts'
import { newCustomer, newGuest, newStaff } from '#test/support/product-books.ts'
import { goToCardPage, openLetter, payWith, receipt, signInAsStaff, title } from '#test/support/steps.ts'

journey(
  'Staff mail a pay link; its holder pays from the letter without signing in, without scripts',
  { javaScript: false },
  async ({ page, context }) => {
    const customer = await newCustomer([33_300n])
    await signInAsStaff(page, await newStaff('clerk'), '/staff/customers')
    await page.goto(`/staff/customers/${customer.base.replace('/c/', '')}`)
    await page.getByLabel('Mail a pay link for everything open to').selectOption(customer.mailbox)
    await page.getByRole('button', { name: 'Mail the link' }).click()
    await page.getByText('The pay link is on its way.').waitFor()
    await context.clearCookies()

    await openLetter(page, customer.mailbox, /open invoices/i)
    const link = await page.locator('pre a[href*="/l/"]').getAttribute('href')
    await page.goto(link ?? '')
    await title(page, 'Your open invoices').waitFor()
    await goToCardPage(page, '$333.00')
    await payWith(page, 'good')
    expect(await textOf(await receipt(page))).toContain('$333.00')
    expect(await page.getByRole('link', { name: 'Disclosure file' }).count()).toBe(0)
    await page.goto(link ?? '')
    await page.getByText('There is nothing to pay here').waitFor()
  },
)

for (const width of [1280, 320] as const)
  journey(
    `A guest pays with the keyboard alone, ${width} pixels wide, on pages without faults`,
    { width },
    async ({ page }) => {
      const guest = await newGuest([12_300n])
      const faults = async (): Promise<string[]> => {
        const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
        return violations.map(({ id }) => id)
      }
      await page.goto(guest.path)
      await title(page, `Invoice ${guest.numbers[0]}`).waitFor()
      expect(await faults()).toEqual([])
      await tabTo(page, page.getByRole('button', { name: 'Pay $123.00', exact: true }))
      await page.keyboard.press('Space')
      await title(page, 'Pay by card').waitFor()
      await payWith(page, 'good')
      await receipt(page)
      expect(await faults()).toEqual([])
      await tabTo(page, page.getByRole('link', { name: 'Receipt PDF' }))
      const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')])
      expect(download.suggestedFilename()).toMatch(/\.pdf$/)
    },
  )
