import {
  bankAccountNames,
  TEST_ROUTING_NUMBER,
  testBankAccount,
} from '#scripts/sandbox/banking/test-accounts.ts'
import { cardNames, testCard } from '#scripts/sandbox/checkout/test-cards.ts'
import { html, type Markup } from '#scripts/sandbox/pages/html.ts'

/** The test cards as a foldable list. */
export function testCardList(): Markup {
  const rows = cardNames().map((name) => {
    const card = testCard(name)
    return html`<tr><td class="mono">${card.number.replaceAll(/(\d{4})(?=\d)/g, '$1 ')}</td><td>${card.meaning}</td></tr>`
  })
  return html`<details><summary>Test cards</summary>
<p class="soft">Any future expiry, any 3-digit security code (4 for 3782…), any postal code.</p>
<table><thead><tr><th scope="col">Number</th><th scope="col">What happens</th></tr></thead><tbody>${rows}</tbody></table></details>`
}

/** The test bank accounts as a foldable list. */
export function testBankList(): Markup {
  const rows = bankAccountNames().map((name) => {
    const account = testBankAccount(name)
    return html`<tr><td class="mono">${account.number}</td><td>${account.meaning}</td></tr>`
  })
  return html`<details><summary>Test bank accounts</summary>
<p class="soft">Routing number ${TEST_ROUTING_NUMBER} for all. Small deposits: 32 and 45 or code SM11AA verify the account,
10 and 11 or SM33CC are too many attempts, 40 and 41 or SM44DD are too late.</p>
<table><thead><tr><th scope="col">Account</th><th scope="col">What happens</th></tr></thead><tbody>${rows}</tbody></table></details>`
}
