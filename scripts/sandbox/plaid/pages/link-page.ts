import type { HttpReply } from '#scripts/sandbox/http/messages.ts'
import { html, type Markup } from '#scripts/sandbox/pages/html.ts'
import { messagePage, page } from '#scripts/sandbox/pages/layout.ts'
import { type TroubleCode, troubleBody } from '#scripts/sandbox/plaid/api/plaid-error.ts'
import { INSTITUTIONS } from '#scripts/sandbox/plaid/institutions.ts'
import type { LinkPage } from '#scripts/sandbox/plaid/link-visit.ts'
import { TEST_LOGINS } from '#scripts/sandbox/plaid/logins/test-logins.ts'
import type { LinkVisit, PlaidLink } from '#scripts/sandbox/plaid/records.ts'

/** The hosted page on which a bank is linked, as it stands. */
export function linkPage(state: LinkPage, typedUsername = ''): HttpReply {
  if (state.kind !== 'visit') return endedPage(state.kind, state.link)
  const { link, visit } = state
  const title = link.item_id === null ? 'Link your bank' : 'Sign in to your bank again'
  const content = html`
<h1>${title}</h1>
<p>${link.client_name} asks to see which accounts you hold.</p>
${visit.trouble === null ? null : troubleBox(visit.trouble)}
<form class="card" method="post" action="/link/${link.id}">
<input type="hidden" name="step" value="${visit.step}">
${stepFields(visit, link, typedUsername)}
</form>
<form class="row" method="post" action="/link/${link.id}"><input type="hidden" name="step" value="leave"><button type="submit" class="quiet">Cancel and go back</button></form>
${visit.step === 'login' ? loginList() : null}`
  const formTargets = link.redirect_uri === null ? [] : [new URL(link.redirect_uri).origin]
  const status = visit.trouble === null ? 200 : 422
  return page(`${visit.trouble === null ? '' : 'Not linked: '}${title}`, content, {
    status,
    narrow: true,
    formTargets,
  })
}

/** What a link says on which nothing can be done any more. */
function endedPage(kind: 'done' | 'expired', link: PlaidLink): HttpReply {
  const back =
    link.redirect_uri === null
      ? null
      : html`<p><a class="back" href="${link.redirect_uri}">Go back to ${link.client_name}</a></p>`
  if (kind === 'done') return messagePage('Your bank is linked', html`${back}`)
  return messagePage('This page has expired', html`<p>Nothing was linked. Start again.</p>${back}`, 410)
}

function troubleBox(code: TroubleCode): Markup {
  const { display_message, error_message } = troubleBody(code)
  return html`<div class="alert" role="alert"><h2>Nothing was linked</h2><p>${display_message ?? error_message} <span class="mono">${code}</span></p></div>`
}

function stepFields(visit: LinkVisit, link: PlaidLink, typedUsername: string): Markup {
  if (visit.step === 'mfa') return questionFields(visit)
  if (visit.step === 'accounts') return accountFields(visit)
  return html`${link.item_id === null ? institutionField(visit.institution_id) : null}
<div class="field"><label for="username">User name</label>
<input id="username" name="username" value="${typedUsername}" required autocomplete="off" autocapitalize="none" spellcheck="false"></div>
<div class="field"><label for="password">Password</label>
<input id="password" name="password" required autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="password-hint">
<p class="soft" id="password-hint">Test logins only, for example user_good and pass_good. Never type a real one.</p></div>
<button type="submit">Continue</button>`
}

function institutionField(chosen: string | null): Markup {
  const options = INSTITUTIONS.map(
    ({ id, name }) => html`<option value="${id}"${id === chosen ? html` selected` : null}>${name}</option>`,
  )
  return html`<div class="field"><label for="institution">Bank</label><select id="institution" name="institution">${options}</select></div>`
}

function questionFields({ questions }: LinkVisit): Markup {
  const [question] = questions
  const choices = question?.choices ?? []
  const control =
    choices.length > 0
      ? html`<select id="answer" name="answer">${choices.map((choice) => html`<option>${choice}</option>`)}</select>`
      : html`<input id="answer" name="answer" required autocomplete="off">`
  return html`<div class="field"><label for="answer">${question?.prompt ?? ''}</label>${control}</div>
<button type="submit">Continue</button>`
}

function accountFields({ offered, chosen }: LinkVisit): Markup {
  const isTicked = (id: string, index: number): boolean =>
    chosen.length === 0 ? index === 0 : chosen.includes(id)
  const boxes = offered.map(
    ({ account_id, name, mask }, index) =>
      html`<label class="choice"><input type="checkbox" name="account" value="${account_id}"${isTicked(account_id, index) ? html` checked` : null}> ${name} ending in ${mask}</label>`,
  )
  return html`<fieldset class="field"><legend>Which accounts do you want to share?</legend>${boxes}</fieldset>
<button type="submit">Share and finish</button>`
}

/** The test logins as a foldable list. */
function loginList(): Markup {
  const rows = TEST_LOGINS.map(
    ([username, password, meaning]) =>
      html`<tr><td class="mono">${username}</td><td class="mono">${password}</td><td>${meaning}</td></tr>`,
  )
  return html`<details><summary>Test logins</summary>
<table><thead><tr><th scope="col">User name</th><th scope="col">Password</th><th scope="col">What happens</th></tr></thead><tbody>${rows}</tbody></table></details>`
}
