import { expect } from 'vitest'
import { journey, textOf } from '#test/support/journey.ts'
import { newBuyer, newCustomer } from '#test/support/product-books.ts'
import { signIn, title } from '#test/support/steps.ts'

journey("Another customer's address looks like one that does not exist", {}, async ({ page }) => {
  const own = await newBuyer([1_000n])
  const foreign = await newCustomer([99_900n])
  await signIn(page, own)
  for (const path of ['', '/invoices', '/statement', '/open-items', '/payments', '/pay?all=open']) {
    const answer = await page.goto(foreign.base + path)
    expect(answer?.status()).toBe(404)
    await title(page, 'There is no such page').waitFor()
    expect(await textOf(page.locator('body'))).not.toContain('999.00')
  }
  await page.getByRole('link', { name: 'Go to the start page' }).click()
  await title(page, /your account$/).waitFor()
})

journey('Somebody who may only look is offered no payment and cannot reach one', {}, async ({ page }) => {
  const viewer = await newBuyer([5_000n], ['view'])
  await signIn(page, viewer)
  await title(page, /your account$/).waitFor()
  const payControl = /^Pay|Review and pay/
  expect(
    await page
      .getByRole('link', { name: payControl, exact: false })
      .filter({ hasNotText: 'Payments' })
      .count(),
  ).toBe(0)

  await page.goto(`${viewer.base}/invoices`)
  await title(page, 'Invoices').waitFor()
  expect(await page.getByRole('checkbox').count()).toBe(0)
  expect(await page.getByRole('button', { name: payControl }).count()).toBe(0)

  await page.getByRole('link', { name: viewer.numbers[0] ?? '' }).click()
  await title(page, viewer.numbers[0] ?? '').waitFor()
  expect(await page.getByRole('link', { name: /^Pay \$/ }).count()).toBe(0)

  const answer = await page.goto(`${viewer.base}/pay?all=open`)
  expect(answer?.status()).toBe(403)
  await title(page, 'You may not open this page').waitFor()
})
