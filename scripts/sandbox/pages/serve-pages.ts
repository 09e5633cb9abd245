import type { HttpReply, HttpRequest } from '#scripts/sandbox/http/messages.ts'
import { html } from '#scripts/sandbox/pages/html.ts'
import { indexPage } from '#scripts/sandbox/pages/index-page.ts'
import { messagePage } from '#scripts/sandbox/pages/layout.ts'
import { mailAttachment, mailboxPage, mailHtml, mailPage } from '#scripts/sandbox/pages/mailbox-pages.ts'
import { serveCheckout } from '#scripts/sandbox/pages/serve-checkout.ts'
import { STYLE } from '#scripts/sandbox/pages/style.ts'
import { serveVerification } from '#scripts/sandbox/pages/verify-page.ts'
import { serveLink } from '#scripts/sandbox/plaid/pages/serve-link.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

/** Answers the pages for people: front page, hosted payment and bank link pages, mailbox. */
export function servePages(sandbox: Sandbox, request: HttpRequest): HttpReply {
  const isPageCall = request.method === 'GET' || request.method === 'POST'
  const checkout = /^\/c\/pay\/(\w+)(?:\/([\w/]+))?$/.exec(request.path)
  if (checkout && isPageCall) return serveCheckout(sandbox, request, checkout[1] ?? '', checkout[2] ?? '')
  const verification = /^\/verify\/(\w+)$/.exec(request.path)
  if (verification && isPageCall) return serveVerification(sandbox, request, verification[1] ?? '')
  const link = /^\/link\/([\w-]+)$/.exec(request.path)
  if (link && isPageCall) return serveLink(sandbox, request, link[1] ?? '')
  if (request.method !== 'GET')
    return messagePage('Not allowed', html`<p>This page can only be read.</p>`, 405)
  if (request.path === '/') return indexPage(sandbox)
  if (request.path === '/style.css') {
    return {
      kind: 'content',
      status: 200,
      headers: { 'content-type': 'text/css; charset=utf-8' },
      body: STYLE,
    }
  }
  if (request.path === '/mailbox')
    return mailboxPage(sandbox, new URLSearchParams(request.query).get('to') || null)
  const mail = /^\/mailbox\/(\d+)(?:\/(html|attachments\/(\d+)))?$/.exec(request.path)
  if (!mail) return messagePage('Not found', html`<p><a class="back" href="/">Sandbox</a></p>`, 404)
  if (mail[2] === 'html') return mailHtml(sandbox, Number(mail[1]))
  if (mail[3] !== undefined) return mailAttachment(sandbox, Number(mail[1]), Number(mail[3]))
  return mailPage(sandbox, Number(mail[1]))
}
