import { createHash } from 'node:crypto'

const disposition = (kind: 'inline' | 'attachment', fileName: string): string =>
  `${kind}; filename="${fileName}"`

/** A PDF that the browser may show; its name is plain ASCII. Answers 304 when the browser has the same bytes. */
export function pdfResponse(request: Request, fileName: string, bytes: Uint8Array): Response {
  const etag = `"${createHash('sha256').update(bytes).digest('base64url')}"`
  const headers = {
    'Content-Type': 'application/pdf',
    'Content-Disposition': disposition('inline', fileName),
    'X-Content-Type-Options': 'nosniff',
    ETag: etag,
  }
  if (request.headers.get('If-None-Match') === etag) return new Response(null, { status: 304, headers })
  return new Response(new Uint8Array(bytes), {
    headers: { ...headers, 'Content-Length': String(bytes.byteLength) },
  })
}

/** A file for saving whose text is made while it is sent; the reader sets the pace. */
export function streamedFile(fileName: string, type: string, text: AsyncGenerator<string>): Response {
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await text.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
    async cancel() {
      await text.return(undefined)
    },
  })
  return new Response(body, {
    headers: {
      'Content-Type': type,
      'Content-Disposition': disposition('attachment', fileName),
      'X-Content-Type-Options': 'nosniff',
    },
  })
}

/** A CSV file for saving. */
export function csvResponse(fileName: string, text: AsyncGenerator<string>): Response {
  return streamedFile(fileName, 'text/csv; charset=utf-8', text)
}

/** A file that cannot be made just now, and may be in a minute. */
export function tryAgainSoon(sentence: string): Response {
  return new Response(`${sentence}\n`, {
    status: 503,
    headers: {
      'Content-Type': 'text/plain; charset=utf-8',
      'X-Content-Type-Options': 'nosniff',
      'Retry-After': '60',
    },
  })
}

/** What could not be read in the address of a file, one sentence a line; nothing is made. */
export function badRequest(sentences: readonly string[]): Response {
  return new Response(`${sentences.join('\n')}\n`, {
    status: 400,
    headers: { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' },
  })
}
