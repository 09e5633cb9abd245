import type { HttpReply } from '#scripts/sandbox/http/messages.ts'
import { attachmentName, getMail, listMail, type Mail } from '#scripts/sandbox/mail/mailbox.ts'
import { sanitiseHtml } from '#scripts/sandbox/mail/sanitise.ts'
import { html, type Markup } from '#scripts/sandbox/pages/html.ts'
import { messagePage, page } from '#scripts/sandbox/pages/layout.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

const TIME = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' })

/** All messages, newest first, or those to one address. */
export function mailboxPage(sandbox: Sandbox, to: string | null): HttpReply {
  const mails = listMail(sandbox, to)
  const rows = mails.map(
    (
      mail,
    ) => html`<tr><td><a href="/mailbox/${mail.id}">${mail.subject}</a>${mail.attachments.length > 0 ? html` <span class="soft">with attachment</span>` : null}</td>
<td>${mail.recipients.join(', ')}</td><td class="soft">${TIME.format(mail.receivedAt)}</td></tr>`,
  )
  const content = html`
<p><a class="back" href="/">Sandbox</a></p>
<h1>Mailbox</h1>
<p>Mail that the portal sent on this machine. Nothing leaves it.</p>
<form class="row" method="get" action="/mailbox"><div><label for="to">To</label><input id="to" name="to" type="email" value="${to ?? ''}"></div><button type="submit" class="quiet">Filter</button></form>
${
  mails.length === 0
    ? html`<p>No message${to ? ' to this address' : ' yet'}.</p>`
    : html`<table><thead><tr><th scope="col">Subject</th><th scope="col">To</th><th scope="col">Arrived</th></tr></thead><tbody>${rows}</tbody></table>`
}`
  return page('Mailbox', content)
}

/** One message with its text, its sanitised HTML in a closed frame, and its attachments. */
export function mailPage(sandbox: Sandbox, id: number): HttpReply {
  const mail = getMail(sandbox, id)
  if (!mail) return noMail()
  const content = html`
<p><a class="back" href="/mailbox">Mailbox</a></p>
<h1>${mail.subject}</h1>
<p class="soft">From ${mail.from}, to ${mail.recipients.join(', ')}, ${TIME.format(mail.receivedAt)}</p>
${attachmentList(mail)}
${
  mail.html === null
    ? null
    : html`<h2>Formatted</h2><iframe title="Message" src="/mailbox/${mail.id}/html" sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>`
}
${mail.text === null ? null : html`<h2>Text</h2><pre>${linked(mail.text)}</pre>`}`
  return page(mail.subject, content)
}

/** The HTML of a message, for the frame alone: no scripts, nothing loaded from elsewhere. */
export function mailHtml(sandbox: Sandbox, id: number): HttpReply {
  const mail = getMail(sandbox, id)
  if (!mail || mail.html === null) return noMail()
  return {
    kind: 'content',
    status: 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox allow-popups allow-popups-to-escape-sandbox; frame-ancestors 'self'",
    },
    body: sanitiseHtml(mail.html),
  }
}

/** An attachment as a download. */
export function mailAttachment(sandbox: Sandbox, id: number, index: number): HttpReply {
  const part = getMail(sandbox, id)?.attachments[index]
  if (!part) return noMail()
  const name = encodeURIComponent(attachmentName(part, index)).replaceAll("'", '%27')
  return {
    kind: 'content',
    status: 200,
    headers: {
      'content-type': /^[\w.+-]+\/[\w.+-]+$/.test(part.contentType)
        ? part.contentType
        : 'application/octet-stream',
      'content-disposition': `attachment; filename*=UTF-8''${name}`,
      'content-security-policy': 'sandbox',
    },
    body: part.content,
  }
}

function attachmentList(mail: Mail): Markup | null {
  if (mail.attachments.length === 0) return null
  const items = mail.attachments.map(
    (part, index) =>
      html`<li><a href="/mailbox/${mail.id}/attachments/${index}">${attachmentName(part, index)}</a> <span class="soft">${part.contentType}, ${Math.ceil(part.content.length / 1024)} KB</span></li>`,
  )
  return html`<h2>Attachments</h2><ul>${items}</ul>`
}

/** Plain text with its web addresses made links. */
function linked(text: string): Markup {
  const pieces = text.split(/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)])/)
  return html`${pieces.map((piece, index) => (index % 2 === 1 ? html`<a href="${piece}">${piece}</a>` : piece))}`
}

function noMail(): HttpReply {
  return messagePage('No such message', html`<p><a class="back" href="/mailbox">Mailbox</a></p>`, 404)
}
