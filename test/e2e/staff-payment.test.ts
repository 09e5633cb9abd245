import { expect } from 'vitest'
import { journey, openWindow, textOf } from '#test/support/journey.ts'
import { demoPerson, newBuyer } from '#test/support/product-books.ts'
import { payInvoices, signIn, title } from '#test/support/steps.ts'

for (const javaScript of [true, false])
  journey(
    `Staff sign in with a code and read all that happened to a payment${javaScript ? '' : ', without scripts'}`,
    { javaScript },
    async ({ page, context, browser }) => {
      const buyer = await newBuyer([33_300n])
      const elsewhere = await openWindow(browser, {})
      const theirs = await elsewhere.newPage()
      await signIn(theirs, buyer)
      await payInvoices(theirs, buyer.base, buyer.numbers, '$333.00')
      const number = /Payment (\S+)/.exec(await textOf(theirs.getByRole('main')))?.[1] ?? ''
      await theirs.getByText('Recorded on the shared ledger').first().waitFor()
      await elsewhere.close()

      const person = demoPerson(javaScript ? 'Staff: clerk' : 'Staff: manager')
      await signIn(page, person, '/staff/payments')
      await title(page, 'Enter your code').waitFor()
      await page.getByLabel('Code').fill('000000')
      await page.getByRole('button', { name: 'Continue' }).click()
      await page.getByRole('heading', { name: 'There is a problem' }).waitFor()

      // The demo's stand-in for the telephone of its staff.
      const phone = await context.newPage()
      await phone.goto('/demo/authenticator')
      const row = phone.locator('dl > *').filter({ hasText: person.email })
      const code = await row.locator('code').textContent()
      await phone.close()
      await page.getByLabel('Code').fill(code ?? '')
      await page.getByRole('button', { name: 'Continue' }).click()

      await title(page, 'Payments').waitFor()
      await page.getByRole('link', { name: number }).click()
      await title(page, `Payment ${number}`).waitFor()
      const story = await textOf(page.getByRole('main'))
      for (const part of [
        '$333.00',
        'Journals',
        'On the shared ledger',
        'Requests to the card service',
        'Events received',
      ])
        expect(story).toContain(part)

      await page.getByRole('button', { name: 'Read again from the card service' }).click()
      await page.waitForURL(/done=read-again/)
      await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Queues' }).click()
      await title(page, 'Queues').waitFor()
    },
  )
