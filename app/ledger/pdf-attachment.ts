/**
 * Finds the file that one of our receipts carries inside its PDF. It reads what our own documents contain, embedded file
 * streams with a direct length, stored or deflated, and nothing more of the format.
 */
const HEADER = '%PDF-'
const MAX_INFLATED = 8 * 1024 * 1024

/** Whether the bytes begin as a PDF does. */
export function isPdf(bytes: Uint8Array): boolean {
  return latin1(bytes.subarray(0, 5)) === HEADER
}

/** The embedded files of a PDF, in the order they stand in it; a stream that cannot be read is left out. */
export async function embeddedFiles(pdf: Uint8Array): Promise<Uint8Array[]> {
  const text = latin1(pdf)
  const files: Uint8Array[] = []
  for (const match of text.matchAll(/\/Type\s*\/EmbeddedFile\b/g)) {
    const start = text.lastIndexOf(' obj', match.index)
    const keyword = text.indexOf('stream', match.index)
    if (start < 0 || keyword < 0) continue
    const dictionary = text.slice(start, keyword)
    const length = Number(/\/Length\s+(\d+)(?!\s+\d+\s+R)/.exec(dictionary)?.[1])
    const data = keyword + (text.startsWith('\r\n', keyword + 6) ? 8 : 7)
    if (!Number.isSafeInteger(length) || data + length > pdf.length) continue
    const content = pdf.slice(data, data + length)
    const file = dictionary.includes('/FlateDecode') ? await inflate(content) : content
    if (file !== null) files.push(file)
  }
  return files
}

async function inflate(content: Uint8Array<ArrayBuffer>): Promise<Uint8Array | null> {
  const reader = new Blob([content]).stream().pipeThrough(new DecompressionStream('deflate')).getReader()
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      size += value.length
      if (size > MAX_INFLATED) return null
      chunks.push(value)
    }
  } catch {
    return null
  } finally {
    await reader.cancel().catch(() => undefined)
  }
  const file = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    file.set(chunk, offset)
    offset += chunk.length
  }
  return file
}

function latin1(bytes: Uint8Array): string {
  let text = ''
  for (let offset = 0; offset < bytes.length; offset += 8192)
    text += String.fromCharCode(...bytes.subarray(offset, offset + 8192))
  return text
}
