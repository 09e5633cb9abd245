import { escapeHtml } from '#scripts/sandbox/pages/html.ts'

const TAGS = new Set(
  'a b blockquote body br caption center code col colgroup div em figcaption figure h1 h2 h3 h4 h5 h6 head hr html i img li ol p pre s small span strong sub sup table tbody td tfoot th thead title tr u ul'.split(
    ' ',
  ),
)
const ATTRIBUTES = new Set(
  'align alt bgcolor border cellpadding cellspacing class colspan dir height href lang role rowspan src style title valign width'.split(
    ' ',
  ),
)
/** Elements whose content is code, not text: dropped whole. */
const DROPPED =
  /<(script|style|iframe|object|embed|template|noscript|svg|math|form|textarea|select)\b[\s\S]*?(?:<\/\1\s*>|$)/gi

/**
 * Mail HTML with only harmless elements and attributes left. The page that shows it also forbids scripts and
 * foreign content by sandbox and content policy; this is the first of the two walls.
 */
export function sanitiseHtml(html: string): string {
  const bare = html
    .replaceAll(/<!--[\s\S]*?(?:-->|$)/g, '')
    .replaceAll(/<![^>]*>/g, '')
    .replaceAll(DROPPED, '')
  let result = ''
  let position = 0
  for (const match of bare.matchAll(/<(\/?)([a-zA-Z][\w-]*)((?:[^>"']|"[^"]*"|'[^']*')*)>/g)) {
    result += looseText(bare.slice(position, match.index))
    position = match.index + match[0].length
    const tag = (match[2] ?? '').toLowerCase()
    if (!TAGS.has(tag)) continue
    result += match[1] === '/' ? `</${tag}>` : `<${tag}${safeAttributes(tag, match[3] ?? '')}>`
  }
  return result + looseText(bare.slice(position))
}

/** Text between tags keeps its entities; a stray bracket cannot start a tag. */
function looseText(text: string): string {
  return text.replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function safeAttributes(tag: string, source: string): string {
  let kept = tag === 'a' ? ' target="_blank" rel="noopener noreferrer"' : ''
  for (const match of source.matchAll(/([a-zA-Z][\w-]*)\s*=\s*("([^"]*)"|'([^']*)'|([^\s"'>]+))/g)) {
    const name = (match[1] ?? '').toLowerCase()
    const value = match[3] ?? match[4] ?? match[5] ?? ''
    if (ATTRIBUTES.has(name) && isHarmless(name, value))
      kept += ` ${name}="${escapeHtml(decodeAmpersands(value))}"`
  }
  return kept
}

function isHarmless(name: string, value: string): boolean {
  if (name === 'href') return /^(https?:\/\/|mailto:|#)/i.test(value.trim())
  if (name === 'src') return /^(data:image\/(png|jpeg|gif|webp);base64,|cid:)/i.test(value.trim())
  if (name === 'style') return !/url\s*\(|expression|@import|\\/i.test(value)
  return true
}

function decodeAmpersands(value: string): string {
  return value.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'")
}
