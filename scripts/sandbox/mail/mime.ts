/** One part of a message: its content decoded to bytes. */
export type MailPart = {
  contentType: string
  charset: string
  filename: string | null
  isAttachment: boolean
  content: Buffer
}
export type ParsedMail = { headers: Map<string, string>; parts: MailPart[] }

const MAX_NESTING = 10

/** Reads a message (RFC 5322 and MIME): headers with encoded words resolved, and all leaf parts in order. */
export function parseMail(raw: Buffer): ParsedMail {
  const { headers, body } = splitEntity(raw.toString('latin1'))
  return {
    headers: new Map([...headers].map(([name, value]) => [name, decodeWords(value)])),
    parts: readParts(headers, body, 0),
  }
}

/** The text of a part in its own character set. */
export function textOf(part: MailPart): string {
  return decodeBytes(part.content, part.charset)
}

function splitEntity(entity: string): { headers: Map<string, string>; body: string } {
  const end = /\r?\n\r?\n/.exec(entity)
  const head = end ? entity.slice(0, end.index) : entity
  const headers = new Map<string, string>()
  for (const line of head.replaceAll(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const colon = line.indexOf(':')
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim())
  }
  return { headers, body: end ? entity.slice(end.index + end[0].length) : '' }
}

function readParts(headers: Map<string, string>, body: string, depth: number): MailPart[] {
  const contentType = headers.get('content-type') ?? 'text/plain; charset=us-ascii'
  const type = (contentType.split(';')[0] ?? '').trim().toLowerCase()
  const boundary = parameter(contentType, 'boundary')
  if (type.startsWith('multipart/') && boundary && depth < MAX_NESTING) {
    return splitParts(body, boundary).flatMap((part) => {
      const inner = splitEntity(part)
      return readParts(inner.headers, inner.body, depth + 1)
    })
  }
  const disposition = headers.get('content-disposition') ?? ''
  const filename = parameter(disposition, 'filename') ?? parameter(contentType, 'name')
  const isAttachment = /^attachment/i.test(disposition) || (filename !== null && !type.startsWith('text/'))
  return [
    {
      contentType: type,
      charset: parameter(contentType, 'charset') ?? 'utf-8',
      filename,
      isAttachment,
      content: decodeTransfer(body, headers.get('content-transfer-encoding') ?? '7bit'),
    },
  ]
}

function splitParts(body: string, boundary: string): string[] {
  const parts: string[][] = []
  for (const line of body.split(/\r?\n/)) {
    if (line.trimEnd() === `--${boundary}--`) break
    if (line.trimEnd() === `--${boundary}`) parts.push([])
    else parts.at(-1)?.push(line)
  }
  return parts.map((lines) => lines.join('\r\n'))
}

/** A header parameter, plain, quoted, or in RFC 2231 form (`filename*=utf-8''…`, `filename*0=…`). */
function parameter(header: string, name: string): string | null {
  const found = new Map<string, string>()
  for (const match of header.matchAll(/;\s*([\w*-]+)\s*=\s*("((?:[^"\\]|\\.)*)"|[^;\s]*)/g)) {
    found.set(
      (match[1] ?? '').toLowerCase(),
      match[3] === undefined ? (match[2] ?? '') : match[3].replaceAll(/\\(.)/g, '$1'),
    )
  }
  const plain = found.get(name)
  if (plain !== undefined) return decodeWords(plain)
  const pieces = [...found].filter(
    ([key]) => key === `${name}*` || new RegExp(`^${name}\\*\\d+\\*?$`).test(key),
  )
  if (pieces.length === 0) return null
  const joined = pieces
    .sort(([left], [right]) => left.localeCompare(right, 'en', { numeric: true }))
    .map(([, value]) => value)
    .join('')
  return percentDecode(joined.replace(/^[\w-]*'[\w-]*'/, ''))
}

function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function decodeTransfer(body: string, encoding: string): Buffer {
  if (/base64/i.test(encoding)) return Buffer.from(body, 'base64')
  if (/quoted-printable/i.test(encoding))
    return decodeQuoted(body.replaceAll(/[ \t]+(?=\r?$)/gm, '').replaceAll(/=\r?\n/g, ''))
  return Buffer.from(body, 'latin1')
}

function decodeQuoted(text: string): Buffer {
  return Buffer.from(
    text.replaceAll(/=([0-9A-Fa-f]{2})/g, (_all, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    ),
    'latin1',
  )
}

/** Encoded words of headers (RFC 2047); raw 8-bit text is read as UTF-8. */
function decodeWords(header: string): string {
  const joined = header.replaceAll(/(\?=)\s+(=\?)/g, '$1$2')
  const decoded = joined.replaceAll(
    /=\?([^?]+)\?([BbQq])\?([^?]*)\?=/g,
    (_all, charset: string, form: string, text: string) => {
      const bytes = /b/i.test(form) ? Buffer.from(text, 'base64') : decodeQuoted(text.replaceAll('_', ' '))
      return decodeBytes(bytes, charset)
    },
  )
  const isRaw = [...joined].some((letter) => letter.charCodeAt(0) > 127)
  return isRaw ? Buffer.from(decoded, 'latin1').toString('utf8') : decoded
}

function decodeBytes(bytes: Buffer, charset: string): string {
  try {
    return new TextDecoder(charset).decode(bytes)
  } catch {
    return bytes.toString('utf8')
  }
}
