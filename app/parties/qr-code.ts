import { create } from 'qrcode'

/** A QR code as one SVG path of unit squares; `size` counts the squares of a side, quiet zone included. */
export type QrDrawing = { size: number; path: string }

/** Modules that must stay empty around a code. */
const QUIET = 4

/** Draws a text as a QR code. */
export function drawQrCode(text: string): QrDrawing {
  const { modules } = create(text, { errorCorrectionLevel: 'M' })
  const squares: string[] = []
  for (let row = 0; row < modules.size; row += 1)
    for (let column = 0; column < modules.size; column += 1)
      if (modules.get(row, column)) squares.push(`M${column + QUIET} ${row + QUIET}h1v1h-1z`)
  return { size: modules.size + 2 * QUIET, path: squares.join('') }
}
