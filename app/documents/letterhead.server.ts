import { drawQrCode } from '#app/platform/pdf/figures.server.ts'
import type { Paper, TextStyle } from '#app/platform/pdf/page-kit.server.ts'
import { INK } from '#app/platform/pdf/paper.ts'

/** Who stands on a document: name, address, and numbers with their labels. */
export type DocumentParty = {
  readonly name: string
  readonly addressLines: readonly string[]
  readonly numbers: readonly { readonly label: string; readonly value: string }[]
}

export type DocumentFact = { readonly label: string; readonly value: string }

const SMALL: TextStyle = { size: 8.5, ink: INK.muted }
const LABEL: TextStyle = { size: 8.25, ink: INK.muted }

/** The supplier's name on the left, where to reach it on the right, as on its paper. */
export function drawLetterhead(paper: Paper, supplier: DocumentParty, reach: readonly string[]): void {
  const nameWidth = paper.width * 0.62
  const reachX = paper.left + nameWidth + 16
  const reachWidth = paper.width - nameWidth - 16
  const name: TextStyle = { face: 'serifStrong', size: 15 }
  const lines = [...supplier.addressLines, ...supplier.numbers.map(numberLine), ...reach].join('\n')
  const nameHeight = paper.measure(supplier.name, nameWidth, name)
  const linesHeight = paper.measure(lines, reachWidth, SMALL)
  paper.tag('P', () => paper.draw(supplier.name, paper.left, paper.y - 4, nameWidth, name))
  paper.tag(
    'P',
    () => paper.draw(lines, reachX, paper.y, reachWidth, { ...SMALL, align: 'right' }),
    spoken(lines),
  )
  paper.y += Math.max(nameHeight, linesHeight) + 16
  paper.rule(paper.y, 0.9, INK.rule)
  paper.y += 22
}

/** The title of the document and a line of small print under it. */
export function drawTitle(paper: Paper, title: string, subtitle: string | null): void {
  paper.write('H1', title, { face: 'serif', size: 25 }, subtitle === null ? 16 : 2)
  if (subtitle !== null) paper.write('P', subtitle, { size: 9.5, ink: INK.muted }, 18)
}

/** The customer on the left, facts on the right; the space between is the page's breath. */
export function drawParties(
  paper: Paper,
  label: string,
  customer: DocumentParty,
  facts: readonly DocumentFact[],
): void {
  const top = paper.y
  const gap = 24
  const half = (paper.width - gap) / 2
  const lines = [...customer.addressLines, ...customer.numbers.map(numberLine)].join('\n')
  let leftY = top
  const put = (text: string, style: TextStyle, after: number): void => {
    if (text === '') return
    const y = leftY
    paper.tag('P', () => paper.draw(text, paper.left, y, half, style), spoken(text))
    leftY += paper.measure(text, half, style) + after
  }
  put(label, LABEL, 1)
  put(customer.name, { face: 'sansStrong', size: 10 }, 1)
  put(lines, { size: 9.5 }, 0)

  let rightY = top
  const x = paper.left + half + gap
  const labelWidth = 96
  for (const fact of facts) {
    const y = rightY
    const valueWidth = half - labelWidth
    paper.tag(
      'P',
      () => {
        paper.draw(fact.label, x, y + 0.8, labelWidth, LABEL)
        paper.draw(fact.value, x + labelWidth, y, valueWidth, { size: 9.5, align: 'right' })
      },
      spoken(`${fact.label}: ${fact.value}`),
    )
    rightY += Math.max(13, paper.measure(fact.value, valueWidth, { size: 9.5 })) + 2.5
  }
  paper.y = Math.max(leftY, rightY) + 20
}

/** The one number that the paper is about, large, with its name above and a sentence below. */
export function drawAmount(paper: Paper, label: string, amount: string, sentence: string | null): void {
  paper.need(80)
  paper.write('P', label, LABEL, 0)
  paper.write('P', amount, { face: 'serif', size: 27 }, 0)
  if (sentence !== null) paper.write('P', sentence, { size: 9.5, ink: INK.muted }, 0)
  paper.y += 18
}

const QR_SIZE = 62

/** How the paper is checked: a QR code with the address and what to do there. Kept together at the end. */
export function drawCheck(paper: Paper, address: string, sentences: readonly string[]): void {
  const text = [...sentences, address].join('\n')
  const x = paper.left + QR_SIZE + 16
  const width = Math.min(paper.width - QR_SIZE - 16, 340)
  const height = Math.max(QR_SIZE, 14 + paper.measure(text, width, SMALL))
  paper.y += 22
  paper.need(height)
  drawQrCode(paper, address, paper.left, paper.y, QR_SIZE)
  const top = paper.y
  paper.tag('H2', () => paper.draw('Check this paper', x, top - 2, width, { face: 'sansStrong', size: 9 }))
  paper.tag('P', () => paper.draw(text, x, top + 12, width, SMALL), spoken(text))
  paper.y += height
}

const numberLine = (number: { label: string; value: string }): string => `${number.label} ${number.value}`

/** How lines are read aloud: with a pause between them instead of run together. */
const spoken = (lines: string): { actual: string } => ({ actual: lines.replaceAll('\n', ', ') })
