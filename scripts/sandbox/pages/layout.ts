import type { HttpReply } from '#scripts/sandbox/http/messages.ts'
import { html, type Markup } from '#scripts/sandbox/pages/html.ts'

type PageOptions = {
  status?: number
  narrow?: boolean
  /** Origins that a form on this page may end at after a redirect. */
  formTargets?: readonly string[]
}

/** A whole page under the sandbox's banner. No scripts, nothing from elsewhere. */
export function page(
  title: string,
  content: Markup,
  { status = 200, narrow = false, formTargets = [] }: PageOptions = {},
): HttpReply {
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} – Sandbox</title>
<link rel="stylesheet" href="/style.css">
<link rel="icon" href="data:,">
</head>
<body>
<header class="banner">Sandbox – no real money</header>
<main${narrow ? html` class="narrow"` : null}>
${content}
</main>
</body>
</html>
`
  return {
    kind: 'content',
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      // Not "no-referrer": browsers would then send "Origin: null" with the forms, which is refused.
      'referrer-policy': 'same-origin',
      'content-security-policy': [
        "default-src 'none'",
        "style-src 'self'",
        'img-src data:',
        "frame-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        `form-action ${["'self'", ...formTargets].join(' ')}`,
      ].join('; '),
    },
    body: document.text,
  }
}

/** A short page that only says something. */
export function messagePage(title: string, content: Markup, status = 200): HttpReply {
  return page(title, html`<h1>${title}</h1>${content}`, { status, narrow: true })
}
