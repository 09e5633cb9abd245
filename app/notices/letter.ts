/**
 * A letter: a greeting, at most three lines, then a table if there is one, one thing to do, and who writes. The same words
 * go out as text and as HTML; nothing is loaded from anywhere when it is opened.
 */
export type Letter = {
  readonly subject: string
  readonly greeting: string
  /** Up to three sentences, each a paragraph. */
  readonly lines: readonly string[]
  readonly table: LetterTable | null
  readonly action: { readonly label: string; readonly url: string } | null
  readonly after: readonly string[]
  /** Name and ways to reach whoever writes, one a line. */
  readonly signature: readonly string[]
}

export type LetterTable = {
  readonly head: readonly [string, string]
  readonly rows: readonly (readonly [string, string])[]
  readonly foot: readonly [string, string]
}

/** The letter as plain text. */
export function letterText(letter: Letter): string {
  const parts = [
    letter.greeting,
    ...letter.lines,
    ...(letter.table === null ? [] : [tableText(letter.table)]),
    ...(letter.action === null ? [] : [`${letter.action.label}:\n${letter.action.url}`]),
    ...letter.after,
    letter.signature.join('\n'),
  ]
  return `${parts.join('\n\n')}\n`
}

function tableText({ head, rows, foot }: LetterTable): string {
  const all = [head, ...rows, foot]
  const left = Math.max(...all.map(([name]) => name.length))
  const right = Math.max(...all.map(([, value]) => value.length))
  const line = ([name, value]: readonly [string, string]): string =>
    `${name.padEnd(left)}  ${value.padStart(right)}`
  const rule = '-'.repeat(left + right + 2)
  return [line(head), rule, ...rows.map(line), rule, line(foot)].join('\n')
}

const FONT = "font-family: 'Source Sans 3', Helvetica, Arial, sans-serif; font-size: 16px; line-height: 1.5"
const CELL = 'padding: 6px 0; border-bottom: 1px solid #e4e1da'

/** The letter as an HTML page of its own, styled in place as mail programs need it. */
export function letterHtml(letter: Letter): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(letter.subject)}</title></head>
<body style="margin: 0; background: #fbfaf7; color: #1d1c19; ${FONT}">
<div style="max-width: 36em; margin: 0 auto; padding: 32px 20px">
${[letter.greeting, ...letter.lines].map(paragraph).join('\n')}
${letter.table === null ? '' : tableHtml(letter.table)}
${letter.action === null ? '' : actionHtml(letter.action)}
${letter.after.map(paragraph).join('\n')}
<p style="margin: 24px 0 0; color: #5f5c55">${letter.signature.map(escapeHtml).join('<br>')}</p>
</div></body></html>
`
}

function paragraph(text: string): string {
  return `<p style="margin: 0 0 14px">${escapeHtml(text)}</p>`
}

function tableHtml({ head, rows, foot }: LetterTable): string {
  const row = ([name, value]: readonly [string, string], tag: 'th' | 'td', style: string): string =>
    `<tr><${tag} style="${CELL}; text-align: left; ${style}">${escapeHtml(name)}</${tag}>` +
    `<${tag} style="${CELL}; text-align: right; font-variant-numeric: tabular-nums; ${style}">${escapeHtml(value)}</${tag}></tr>`
  const body = rows.map((each) => row(each, 'td', 'font-weight: 400'))
  return `<table style="width: 100%; border-collapse: collapse; margin: 8px 0 22px; ${FONT}">
${row(head, 'th', 'font-weight: 400; color: #5f5c55')}
${body.join('\n')}
${row(foot, 'td', 'font-weight: 600')}
</table>`
}

function actionHtml({ label, url }: { label: string; url: string }): string {
  return `<p style="margin: 22px 0"><a href="${escapeHtml(url)}" style="display: inline-block; padding: 10px 18px; border-radius: 6px; background: #0f5c4a; color: #ffffff; text-decoration: none">${escapeHtml(label)}</a></p>
<p style="margin: 0 0 14px; color: #5f5c55; font-size: 14px">If the button does not work: ${escapeHtml(url)}</p>`
}

/** Text as it may stand in HTML, inside an element or a quoted attribute. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
