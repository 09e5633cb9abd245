/** What people do again and again on their way through the portal. */
import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { totpCode, totpStep } from '#app/parties/totp.ts'
import { product } from '#test/support/journey.ts'
import type { Person, Staff } from '#test/support/product-books.ts'

/** Signs in with a password, starting from the page that asks for it. */
export async function signIn(page: Page, person: Person, next = ''): Promise<void> {
  await page.goto(next === '' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(next)}`)
  await page.getByLabel('E-mail address').fill(person.email)
  await page.getByLabel('Password').fill(person.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('button', { name: 'Sign out' }).waitFor()
}

/** Signs in as staff with the code of this moment. Each code counts once: one test for each person. */
export async function signInAsStaff(page: Page, person: Staff, next = '/staff'): Promise<void> {
  if (person.totpSecret === undefined) throw new Error(`${person.email} has no authenticator`)
  await signIn(page, person, next)
  await page.getByLabel('Code').fill(totpCode(person.totpSecret, totpStep(new Date())))
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('navigation', { name: 'Main' }).waitFor()
}

/** The heading that says which page this is. */
export function title(page: Page, name: string | RegExp): Locator {
  return page.getByRole('heading', { level: 1, name })
}

/** Ticks invoices on the list and goes to the review. */
export async function choose(page: Page, base: string, numbers: readonly string[]): Promise<void> {
  await page.goto(`${base}/invoices`)
  for (const number of numbers) await page.getByRole('checkbox', { name: `Choose invoice ${number}` }).check()
  await page.getByRole('button', { name: 'Review and pay' }).click()
  await title(page, 'Review and pay').waitFor()
}

/** From the review to the card service's page. `sum` is what the button must name. */
export async function goToCardPage(page: Page, sum: string): Promise<void> {
  await page.getByRole('button', { name: `Pay ${sum}`, exact: true }).click()
  await title(page, 'Pay by card').waitFor()
}

export const CARDS = {
  good: '4242 4242 4242 4242',
  declined: '4000 0000 0000 9995',
  bankCheck: '4000 0000 0000 3220',
  /** Paid, and taken back by its bank seconds later. */
  takenBack: '4000 0000 0000 0259',
} as const

/** Fills in the card service's page and sends it. */
export async function payWith(page: Page, card: keyof typeof CARDS): Promise<void> {
  await page.getByLabel('E-mail').fill('noor@buyer.test')
  await page.getByLabel('Card number').fill(CARDS[card])
  await page.getByLabel('Expiry').fill('12/34')
  await page.getByLabel('Security code').fill('123')
  await page.getByLabel('Name on card').fill('Noor Velander')
  await page.getByLabel('ZIP or postal code').fill('10115')
  await page.getByRole('button', { name: /^Pay / }).click()
}

/** The receipt, once the books say that the money is there. */
export async function receipt(page: Page): Promise<Locator> {
  await title(page, 'Paid and booked').waitFor()
  return page.getByRole('article')
}

/** Pays invoices with a good card and waits for the receipt. */
export async function payInvoices(
  page: Page,
  base: string,
  numbers: readonly string[],
  sum: string,
): Promise<Locator> {
  await choose(page, base, numbers)
  await goToCardPage(page, sum)
  await payWith(page, 'good')
  return receipt(page)
}

/** The rows of a table below its head, each as its text in one line. */
export async function rowsOf(table: Locator): Promise<string[]> {
  const texts = await table.locator('tbody tr').allInnerTexts()
  return texts.map((text) => text.replace(/\s+/g, ' ').trim())
}

/** What the list shows of one invoice, whatever its state. */
export async function invoiceRowText(page: Page, base: string, number: string): Promise<string> {
  await page.goto(`${base}/invoices?status=all&q=${number}`)
  await title(page, 'Invoices').waitFor()
  const rows = await rowsOf(page.getByRole('table', { name: 'Invoices' }))
  expect(rows).toHaveLength(1)
  return rows[0] ?? ''
}

/** The mailbox of the sandbox, with the letters to one address. */
export function mailbox(address: string): string {
  return `${product.addresses['Payment sandbox and mailbox']}/mailbox?to=${encodeURIComponent(address)}`
}

/** Opens the newest letter to an address with this subject, as soon as it has come. */
export async function openLetter(page: Page, address: string, subject: RegExp): Promise<void> {
  await expect
    .poll(
      async () => {
        await page.goto(mailbox(address))
        return page.getByRole('link', { name: subject }).count()
      },
      { timeout: 30_000, interval: 500 },
    )
    .toBeGreaterThan(0)
  await page.getByRole('link', { name: subject }).first().click()
  await page.getByRole('heading', { name: subject }).waitFor()
}
