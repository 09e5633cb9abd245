import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { journey, openWindow, textOf } from '#test/support/journey.ts'
import { tabTo } from '#test/support/keyboard.ts'
import { newBuyer, newCustomer, newStaff } from '#test/support/product-books.ts'
import { payInvoices, signIn, signInAsStaff, title } from '#test/support/steps.ts'

journey(
  'Staff refund a part of a payment with the keyboard alone; another manager is asked above the limit',
  {},
  async ({ page, browser }) => {
    const buyer = await newBuyer([133_300n])
    const elsewhere = await openWindow(browser, {})
    const theirs = await elsewhere.newPage()
    await signIn(theirs, buyer)
    await payInvoices(theirs, buyer.base, buyer.numbers, '$1,333.00')
    const path = new URL(theirs.url()).pathname.replace(/^.*\/payments\//, '/staff/payments/')
    await elsewhere.close()

    await signInAsStaff(page, await newStaff('manager'), path)
    await refundByKeyboard(page, '1000.001')
    await page.getByRole('heading', { name: 'There is a problem' }).waitFor()
    expect(await page.getByLabel('Amount').inputValue()).toBe('1000.001')
    await refundByKeyboard(page, '100')
    await page.getByText('The refund is on its way.').waitFor()
    await refundByKeyboard(page, '1000')
    await page.getByText('The refund waits for another person to decide.').waitFor()
    const refunds = page.getByRole('region', { name: 'Refunds' })
    expect(await refunds.getByRole('button', { name: /^Approve and refund/ }).count()).toBe(0)

    await page.context().clearCookies()
    await signInAsStaff(page, await newStaff('manager'), '/staff')
    const tasks = page.getByRole('region', { name: 'Waiting for you' })
    await tabTo(page, tasks.getByRole('link', { name: /^Decide: refund/ }))
    await page.keyboard.press('Enter')
    await title(page, 'Refunds').waitFor()
    await tabTo(page, page.getByRole('button', { name: 'Approve and refund $1,000.00' }))
    await page.keyboard.press('Enter')
    await page.getByText('Your decision is recorded.').waitFor()
  },
)

/** Opens the form of a refund if it is closed, and asks for an amount. */
async function refundByKeyboard(page: Page, amount: string): Promise<void> {
  const box = page.getByLabel('Amount')
  if (!(await box.isVisible())) {
    await tabTo(page, page.locator('summary', { hasText: 'Refund this payment' }))
    await page.keyboard.press('Enter')
  }
  await tabTo(page, box)
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.type(amount)
  await tabTo(page, page.getByRole('button', { name: 'Refund to the method that paid' }))
  await page.keyboard.press('Enter')
}

journey(
  'Staff match a movement at the bank and write off what is left of the invoice, without scripts',
  { javaScript: false },
  async ({ page }) => {
    const customer = await newCustomer([45_000n])
    const [number = ''] = customer.numbers
    await signInAsStaff(page, await newStaff('clerk'), '/staff/bank')
    await page.getByLabel('Bank statement').setInputFiles({
      name: 'bank.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(
        `Date,Amount,Account,Currency,Payer,Description\n2026-02-27,440.00,8219,USD,Somebody,${number}\n`,
      ),
    })
    await page.getByRole('button', { name: 'Import the statement' }).click()
    await page.getByText('1 movement is new').waitFor()
    const row = page.getByRole('row', { name: new RegExp(number) })
    await row.getByRole('button', { name: 'Book $440.00' }).click()
    await page.getByText('The movement is booked.').waitFor()

    await page.goto(`/staff/customers/${customer.base.replace('/c/', '')}`)
    await page.getByRole('link', { name: number }).click()
    await title(page, `Invoice ${number}`).waitFor()
    await page.getByText('Write off a part').click()
    await page.getByLabel('Amount, USD').fill('20')
    await page.getByRole('button', { name: 'Write it off' }).click()
    await page.getByRole('heading', { name: 'There is a problem' }).waitFor()
    expect(await page.getByLabel('Amount, USD').inputValue()).toBe('20')
    await page.getByLabel('Amount, USD').fill('10')
    await page.getByRole('button', { name: 'Write it off' }).click()
    await page.getByRole('status').first().waitFor()
    expect(await textOf(page.getByRole('main'))).toContain('Settled')
  },
)
