import { inflateSync } from 'node:zlib'

/** What a test asks of a PDF made by this product: its objects as text, and its page contents inflated. */
export type ReadPdf = {
  /** Everything but the streams, one Latin-1 string. */
  readonly objects: string
  /** The drawing operators of each page. */
  readonly pages: readonly string[]
}

/** Reads a PDF with plain dictionaries and deflated streams, as pdfkit writes them. */
export function readPdf(bytes: Buffer): ReadPdf {
  const text = bytes.toString('latin1')
  const pages: string[] = []
  let objects = ''
  let at = 0
  for (;;) {
    const keyword = text.indexOf('>>\nstream\n', at)
    if (keyword < 0) return { objects: objects + text.slice(at), pages }
    const dictionary = text.slice(text.lastIndexOf(' 0 obj\n', keyword), keyword)
    const start = keyword + '>>\nstream\n'.length
    const end = start + Number(/\/Length (\d+)/.exec(dictionary)?.[1] ?? 0)
    const isDeflated = dictionary.includes('/FlateDecode')
    // A stream that is not deflated is metadata: text like the objects around it.
    objects += text.slice(at, isDeflated ? start : end)
    if (isDeflated) {
      const content = inflateSync(bytes.subarray(start, end)).toString('latin1')
      if (/^EMC$/m.test(content)) pages.push(content)
    }
    at = end
  }
}

/** How many elements of a type the structure tree has. */
export function countElements(pdf: ReadPdf, type: string): number {
  return pdf.objects.match(new RegExp(`^/S /${type}$`, 'gm'))?.length ?? 0
}

/** The operators that draw something outside of all marked content; a tagged document has none. */
export function unmarkedDrawing(page: string): string[] {
  let depth = 0
  const found: string[] = []
  for (const line of page.split('\n')) {
    if (/ (BDC|BMC)$/.test(line)) depth += 1
    else if (line === 'EMC') depth -= 1
    else if (depth === 0 && /(^| )(BT|TJ|Tj|S|f|B|Do|f\*)$/.test(line)) found.push(line)
  }
  return depth === 0 ? found : [...found, `unbalanced: ${depth}`]
}
