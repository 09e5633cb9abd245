import type { Paper, TextStyle } from '#app/platform/pdf/page-kit.server.ts'
import { INK } from '#app/platform/pdf/paper.ts'

export type TableColumn = {
  readonly header: string
  /** Points; the one column without a width takes what is left. */
  readonly width?: number
  readonly align?: 'left' | 'right'
}

/** A cell: its text, and a second line in muted ink. */
export type TableCell = string | { readonly text: string; readonly note: string | null }

export type TableContent = {
  readonly columns: readonly TableColumn[]
  readonly rows: readonly (readonly TableCell[])[]
  /** Closing rows in strong type under a rule. */
  readonly foot?: readonly (readonly TableCell[])[]
  /** Which column names its row for screen readers. */
  readonly rowHeader?: number
  /** What the table is, for screen readers. */
  readonly title: string
  /** Without a head, for sums whose rows explain themselves. */
  readonly bare?: boolean
  /** How far the table stands in from the left, in points. */
  readonly inset?: number
}

const HEAD: TextStyle = { size: 8.25, ink: INK.muted }
const BODY: TextStyle = { size: 9.25 }
const STRONG: TextStyle = { size: 9.25, face: 'sansStrong' }
const NOTE: TextStyle = { size: 8.25, ink: INK.muted }
const PAD = 4
const GUTTER = 10

type Box = { readonly x: number; readonly width: number; readonly align: 'left' | 'right' }

/** A tagged table; its head is repeated on every page and no row is cut. */
export function drawTable(paper: Paper, content: TableContent): void {
  const inset = content.inset ?? 0
  const boxes = layOut(paper, content.columns, inset)
  const foot = content.foot ?? []
  paper.group(
    'Table',
    () => {
      const heights = content.rows.map((row) => rowHeight(paper, row, boxes, BODY))
      const footHeight = foot.reduce((sum, row) => sum + rowHeight(paper, row, boxes, STRONG), 0)
      paper.need(headHeight(paper, content, boxes) + (heights[0] ?? 0) + PAD)
      if (!content.bare) paper.group('THead', () => drawHead(paper, content, boxes, true))
      paper.group('TBody', () => {
        for (const [index, row] of content.rows.entries()) {
          // The last row takes the foot along, so that a sum never stands alone on a page.
          const isLast = index === content.rows.length - 1
          turnFor(paper, (heights[index] ?? 0) + (isLast ? footHeight + PAD : 0), content, boxes)
          drawRow(paper, row, boxes, BODY, content.rowHeader ?? 0, heights[index] ?? 0)
          if (!isLast || foot.length === 0) paper.rule(paper.y, 0.5, INK.hairline, inset)
        }
      })
      if (foot.length === 0) return
      paper.rule(paper.y, 0.9, INK.rule, inset)
      paper.group('TFoot', () => {
        for (const row of foot)
          drawRow(paper, row, boxes, STRONG, content.rowHeader ?? 0, rowHeight(paper, row, boxes, STRONG))
      })
    },
    { title: content.title },
  )
}

function layOut(paper: Paper, columns: readonly TableColumn[], inset: number): Box[] {
  const fixed = columns.reduce((sum, column) => sum + (column.width ?? 0), 0)
  let x = paper.left + inset
  return columns.map((column) => {
    const width = column.width ?? paper.width - inset - fixed
    const box: Box = { x, width, align: column.align ?? 'left' }
    x += width
    return box
  })
}

function turnFor(paper: Paper, height: number, content: TableContent, boxes: readonly Box[]): void {
  if (paper.fits(height)) return
  paper.turn()
  if (!content.bare) paper.artifact(() => drawHead(paper, content, boxes, false))
}

const headHeight = (paper: Paper, content: TableContent, boxes: readonly Box[]): number =>
  Math.max(
    ...content.columns.map((column, index) => paper.measure(column.header, innerWidth(boxes, index), HEAD)),
  ) + PAD

function drawHead(paper: Paper, content: TableContent, boxes: readonly Box[], isTagged: boolean): void {
  const height = headHeight(paper, content, boxes)
  const drawCell = (index: number): void => {
    const box = boxes[index]
    const header = content.columns[index]?.header
    if (box === undefined || header === undefined) return
    const top = paper.y + height - PAD - paper.measure(header, innerWidth(boxes, index), HEAD)
    paper.draw(header, innerX(boxes, index), top, innerWidth(boxes, index), { ...HEAD, align: box.align })
  }
  const line = (): void => {
    paper.pdf
      .moveTo(paper.left, paper.y + height)
      .lineTo(paper.left + paper.width, paper.y + height)
      .lineWidth(0.9)
      .strokeColor(INK.rule)
      .stroke()
  }
  if (isTagged) {
    paper.group('TR', () => {
      for (const index of content.columns.keys()) paper.tag('TH', () => drawCell(index), { scope: 'Column' })
    })
    paper.artifact(line)
  } else {
    for (const index of content.columns.keys()) drawCell(index)
    line()
  }
  paper.y += height
}

function drawRow(
  paper: Paper,
  row: readonly TableCell[],
  boxes: readonly Box[],
  style: TextStyle,
  rowHeader: number,
  height: number,
): void {
  paper.group('TR', () => {
    for (const [index, cell] of row.entries()) {
      const box = boxes[index]
      if (box === undefined) continue
      const isHeader = index === rowHeader
      const drawCell = (): void => {
        const width = innerWidth(boxes, index)
        const top = paper.y + PAD
        const align = box.align
        const taken = paper.draw(textOf(cell), innerX(boxes, index), top, width, { ...style, align })
        const note = noteOf(cell)
        if (note !== null) paper.draw(note, innerX(boxes, index), top + taken, width, { ...NOTE, align })
      }
      const note = noteOf(cell)
      paper.tag(isHeader ? 'TH' : 'TD', drawCell, {
        ...(isHeader && { scope: 'Row' as const }),
        ...(note !== null && { actual: `${textOf(cell)} ${note}`.trim() }),
      })
    }
  })
  paper.y += height
}

function rowHeight(paper: Paper, row: readonly TableCell[], boxes: readonly Box[], style: TextStyle): number {
  const heights = row.map((cell, index) => {
    const width = innerWidth(boxes, index)
    const note = noteOf(cell)
    return paper.measure(textOf(cell), width, style) + (note === null ? 0 : paper.measure(note, width, NOTE))
  })
  return Math.max(...heights) + 2 * PAD
}

const textOf = (cell: TableCell): string => (typeof cell === 'string' ? cell : cell.text)
const noteOf = (cell: TableCell): string | null => (typeof cell === 'string' ? null : cell.note)

/** Cells keep a gutter to their left, except the first. */
function innerX(boxes: readonly Box[], index: number): number {
  return (boxes[index]?.x ?? 0) + (index === 0 ? 0 : GUTTER)
}

function innerWidth(boxes: readonly Box[], index: number): number {
  return (boxes[index]?.width ?? 0) - (index === 0 ? 0 : GUTTER)
}
