import PDFDocument from 'pdfkit'
import { FACE_NAMES, type Face, fontFor } from '#app/platform/pdf/fonts.server.ts'
import { INK, SHEETS, type SheetSize } from '#app/platform/pdf/paper.ts'

export type PaperOptions = {
  readonly title: string
  /** BCP 47, for screen readers. */
  readonly language: string
  readonly author: string
  readonly sheet: SheetSize
  /** Written as the date of making: the same inputs give the same bytes. */
  readonly madeAt: Date
  /** Small print at the foot of every page; the page number stands on its right. */
  readonly foot: string
}

export type TextStyle = {
  readonly face?: Face
  /** Points. */
  readonly size?: number
  readonly ink?: string
  readonly align?: 'left' | 'right' | 'center'
  readonly spacing?: number
}

/** What pdfkit takes for an element; its published types lag behind by the last three. */
type StructureOptions = PDFKit.Mixins.StructureElementOptions & {
  readonly bbox?: [left: number, top: number, right: number, bottom: number]
  readonly placement?: 'Block' | 'Inline'
  readonly scope?: 'Column' | 'Row'
}

const MARGIN = { side: 56, top: 50, bottom: 64 }
const LEADING = 1.34

/**
 * A tagged document under construction, written from top to bottom. Everything drawn is either part of the structure
 * tree (`tag`, `group`) or marked as an artifact, as PDF/UA demands. Positions are points from the top left.
 */
export class Paper {
  readonly pdf: PDFKit.PDFDocument
  readonly left: number = MARGIN.side
  readonly width: number
  readonly bottom: number
  /** Where the next thing goes. */
  y: number = MARGIN.top
  readonly #options: PaperOptions
  readonly #bytes: Promise<Buffer>
  readonly #parents: PDFKit.PDFStructureElement[]

  constructor(options: PaperOptions) {
    const sheet = SHEETS[options.sheet]
    this.#options = options
    this.width = sheet.width - 2 * MARGIN.side
    this.bottom = sheet.height - MARGIN.bottom
    this.pdf = new PDFDocument({
      size: [sheet.width, sheet.height],
      margins: { top: 0, bottom: 0, left: 0, right: 0 },
      pdfVersion: '1.7',
      // The published types do not list it yet.
      subset: 'PDF/UA' as unknown as PDFKit.Mixins.PDFSubsets,
      tagged: true,
      displayTitle: true,
      lang: options.language,
      bufferPages: true,
      font: '',
      info: {
        Title: options.title,
        Author: options.author,
        Creator: 'Quittance',
        CreationDate: options.madeAt,
      },
    })
    for (const face of FACE_NAMES) this.pdf.registerFont(face, fontFor(face))
    const chunks: Buffer[] = []
    this.#bytes = new Promise((resolve, reject) => {
      this.pdf.on('data', (chunk: Buffer) => chunks.push(chunk))
      this.pdf.on('end', () => resolve(Buffer.concat(chunks)))
      this.pdf.on('error', reject)
    })
    const root = this.pdf.struct('Document')
    this.pdf.addStructure(root)
    this.#parents = [root]
  }

  /** The page that is being written, counted from 0. */
  get page(): number {
    return this.pdf.bufferedPageRange().count - 1
  }

  /** The height that a text takes at a width. */
  measure(text: string, width: number, style: TextStyle = {}): number {
    this.#dress(style)
    return this.pdf.heightOfString(text, { width, lineGap: this.#lineGap(style) })
  }

  /** The width of a text on one line. */
  widthOf(text: string, style: TextStyle = {}): number {
    this.#dress(style)
    return this.pdf.widthOfString(text, { characterSpacing: style.spacing ?? 0 })
  }

  /** Draws a text at a place without touching `y`; returns the height that it took. */
  draw(text: string, x: number, y: number, width: number, style: TextStyle = {}): number {
    this.#dress(style)
    this.pdf.text(printable(this.pdf, text), x, y, {
      width,
      align: style.align ?? 'left',
      lineGap: this.#lineGap(style),
      characterSpacing: style.spacing ?? 0,
    })
    return this.measure(text, width, style)
  }

  /** A paragraph or heading at `y` over the whole width; moves `y` below it. */
  write(tag: 'H1' | 'H2' | 'H3' | 'P', text: string, style: TextStyle = {}, after = 0): void {
    const height = this.measure(text, this.width, style)
    this.need(height)
    this.tag(tag, () => this.draw(text, this.left, this.y, this.width, style))
    this.y += height + after
  }

  /** Draws something as one element of the structure tree. */
  tag(type: string, draw: () => void, options: StructureOptions = {}): void {
    const element = this.pdf.struct(type, options)
    this.#parent().add(element)
    const content = this.pdf.markStructureContent(type)
    draw()
    this.pdf.endMarkedContent()
    element.add(content)
    element.end()
  }

  /** Makes everything that `work` tags a child of one element. */
  group(type: string, work: () => void, options: StructureOptions = {}): void {
    const element = this.pdf.struct(type, options)
    this.#parent().add(element)
    this.#parents.push(element)
    work()
    this.#parents.pop()
    element.end()
  }

  /** Draws something that is decoration or repetition, for no one to read aloud. */
  artifact(draw: () => void): void {
    this.pdf.markContent('Artifact', { type: 'Layout' })
    draw()
    this.pdf.endMarkedContent()
  }

  /** A line at a height from `inset` to the right edge. */
  rule(y: number, weight = 0.5, ink: string = INK.hairline, inset = 0): void {
    this.artifact(() => {
      this.pdf
        .moveTo(this.left + inset, y)
        .lineTo(this.left + this.width, y)
        .lineWidth(weight)
        .strokeColor(ink)
        .stroke()
    })
  }

  /** Whether a thing of this height still fits on the page. */
  fits(height: number): boolean {
    return this.y + height <= this.bottom
  }

  /** Starts a new page when a thing of this height does not fit any more. */
  need(height: number): void {
    if (!this.fits(height)) this.turn()
  }

  /** Starts a new page, with the document's title in small print at its head. */
  turn(): void {
    this.pdf.addPage()
    this.artifact(() =>
      this.draw(this.#options.title, this.left, MARGIN.top - 10, this.width, { size: 8.5, ink: INK.muted }),
    )
    this.y = MARGIN.top + 16
  }

  /** Puts a file into the document. */
  attach(name: string, bytes: Buffer, type: string, description: string): void {
    const at = this.#options.madeAt
    this.pdf.file(bytes, { name, type, description, creationDate: at, modifiedDate: at })
  }

  /** Writes the foot of every page and closes the document. */
  async finish(): Promise<Buffer> {
    const { start, count } = this.pdf.bufferedPageRange()
    for (let page = 0; page < count; page++) {
      this.pdf.switchToPage(start + page)
      const y = this.bottom + 26
      const style: TextStyle = { size: 8, ink: INK.muted }
      this.rule(y - 8)
      this.artifact(() => {
        this.draw(this.#options.foot, this.left, y, this.width - 80, style)
        this.draw(`${page + 1} / ${count}`, this.left + this.width - 80, y, 80, { ...style, align: 'right' })
      })
    }
    this.#parents[0]?.end()
    this.pdf.end()
    return this.#bytes
  }

  #parent(): PDFKit.PDFStructureElement {
    const parent = this.#parents.at(-1)
    if (parent === undefined) throw new Error('the structure tree has lost its root')
    return parent
  }

  #dress(style: TextStyle): void {
    this.pdf
      .font(style.face ?? 'sans')
      .fontSize(style.size ?? 9.5)
      .fillColor(style.ink ?? INK.text)
  }

  /** What is added between lines so that they stand 1.34 times the size apart. */
  #lineGap(style: TextStyle): number {
    const size = style.size ?? 9.5
    return size * LEADING - this.pdf.currentLineHeight()
  }
}

type FontInside = { _font: { font: { hasGlyphForCodePoint(codePoint: number): boolean } } }

/** Replaces what the faces have no letter for by a white square: a missing glyph is forbidden in a tagged document. */
function printable(pdf: PDFKit.PDFDocument, text: string): string {
  const { font } = (pdf as unknown as FontInside)._font
  return Array.from(text, (letter) =>
    letter === '\n' || font.hasGlyphForCodePoint(letter.codePointAt(0) ?? 0) ? letter : '□',
  ).join('')
}
