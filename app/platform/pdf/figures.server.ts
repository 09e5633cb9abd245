import QRCode from 'qrcode'
import type { Paper } from '#app/platform/pdf/page-kit.server.ts'
import { INK } from '#app/platform/pdf/paper.ts'

/** A QR code of a text, drawn as black squares of one path, with its text as the alternative. */
export function drawQrCode(paper: Paper, text: string, x: number, y: number, size: number): void {
  const { modules } = QRCode.create(text, { errorCorrectionLevel: 'M' })
  const unit = size / modules.size
  paper.tag(
    'Figure',
    () => {
      for (let row = 0; row < modules.size; row++)
        for (let column = 0; column < modules.size; column++)
          if (modules.get(row, column)) paper.pdf.rect(x + column * unit, y + row * unit, unit, unit)
      paper.pdf.fillColor('#000000').fill()
    },
    { alt: `QR code: ${text}`, bbox: [x, y, x + size, y + size], placement: 'Block' },
  )
}

/** The one ornament: a drawn ring with a word and a date, as a clerk would stamp it. `x`, `y` is its centre. */
export function drawSeal(
  paper: Paper,
  seal: { readonly word: string; readonly date: string; readonly rim: string },
  x: number,
  y: number,
  radius: number,
): void {
  const { pdf } = paper
  const part = (of148: number): number => (of148 * radius) / 74
  paper.tag(
    'Figure',
    () => {
      pdf.save().translate(x, y).rotate(-8).strokeColor(INK.accent)
      pdf.circle(0, 0, part(71)).lineWidth(part(1.75)).stroke()
      pdf
        .circle(0, 0, part(67))
        .lineWidth(part(2.5))
        .dash(part(0.9), { space: part(2.1) })
        .stroke()
        .undash()
      pdf.circle(0, 0, part(48.5)).lineWidth(part(1)).stroke()
      for (const height of [-13.5, 19.5])
        pdf.moveTo(part(-38), part(height)).lineTo(part(38), part(height)).lineWidth(part(0.75)).stroke()
      const style = { face: 'serifStrong', ink: INK.accent, align: 'center' } as const
      const width = part(90)
      paper.draw(seal.word.toUpperCase(), -width / 2, part(-10), width, {
        ...style,
        size: part(15.5),
        spacing: part(1.1),
      })
      paper.draw(seal.date, -width / 2, part(8), width, { ...style, face: 'serif', size: part(9.25) })
      for (const height of [-22, 28]) pdf.circle(0, part(height), part(1.5)).fillColor(INK.accent).fill()
      drawRim(paper, seal.rim, part(54.5), part(9), part(1.6))
      pdf.restore()
    },
    {
      alt: `Seal: ${seal.word} ${seal.date}`,
      bbox: [x - radius, y - radius, x + radius, y + radius],
      placement: 'Block',
    },
  )
}

/** Letters along the upper half of a circle around the origin, each turned to stand on it. */
function drawRim(paper: Paper, text: string, radius: number, size: number, spacing: number): void {
  const style = { face: 'serif', size, ink: INK.accent } as const
  const widths = Array.from(text, (letter) => paper.widthOf(letter, style) + spacing)
  const whole = widths.reduce((sum, width) => sum + width, 0)
  let along = -whole / 2
  for (const [index, letter] of Array.from(text).entries()) {
    const width = widths[index] ?? 0
    const degrees = ((along + width / 2) / radius) * (180 / Math.PI)
    paper.pdf.save().rotate(degrees)
    paper.draw(letter, -(width - spacing) / 2, -radius - size, width * 2, style)
    paper.pdf.restore()
    along += width
  }
}
