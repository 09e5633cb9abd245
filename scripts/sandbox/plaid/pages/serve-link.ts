import { type HttpReply, type HttpRequest, redirectReply } from '#scripts/sandbox/http/messages.ts'
import { html } from '#scripts/sandbox/pages/html.ts'
import { messagePage } from '#scripts/sandbox/pages/layout.ts'
import {
  type LinkPage,
  leaveLink,
  openLink,
  submitAccounts,
  submitAnswer,
  submitLogin,
} from '#scripts/sandbox/plaid/link-visit.ts'
import { linkPage } from '#scripts/sandbox/plaid/pages/link-page.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

/** Answers the hosted page of one link. Finished or left, the browser goes back to where the link came from. */
export function serveLink(sandbox: Sandbox, request: HttpRequest, linkId: string): HttpReply {
  if (!sandbox.store.find('plaid.link', linkId))
    return messagePage('No such page', html`<p>Check the address, or go back and start again.</p>`, 404)
  if (request.method !== 'POST') return linkPage(openLink(sandbox, linkId))
  const form = new URLSearchParams(request.body)
  const state = submit(sandbox, linkId, form)
  const isOver = state.kind === 'visit' && (state.visit.step === 'done' || state.visit.step === 'left')
  if (isOver && state.link.redirect_uri !== null) return redirectReply(state.link.redirect_uri)
  if (isOver) return messagePage('You can close this page', html`<p>Everything is noted.</p>`)
  return linkPage(state, form.get('username') ?? '')
}

function submit(sandbox: Sandbox, linkId: string, form: URLSearchParams): LinkPage {
  const text = (name: string): string => form.get(name) ?? ''
  switch (text('step')) {
    case 'login':
      return submitLogin(sandbox, linkId, {
        institution: text('institution'),
        username: text('username').trim(),
        password: text('password').trim(),
      })
    case 'mfa':
      return submitAnswer(sandbox, linkId, text('answer'))
    case 'accounts':
      return submitAccounts(sandbox, linkId, form.getAll('account'))
    case 'leave':
      return leaveLink(sandbox, linkId)
    default:
      return openLink(sandbox, linkId)
  }
}
