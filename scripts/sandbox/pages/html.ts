/** Markup that needs no further escaping. */
export class Markup {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Piece = Markup | string | number | null | false | readonly Piece[]

/** Template for markup: values are escaped unless they are markup themselves; null and false vanish. */
export function html(literals: TemplateStringsArray, ...pieces: Piece[]): Markup {
  return new Markup(
    literals.reduce((text, literal, index) => text + render(pieces[index - 1] ?? null) + literal),
  )
}

/** Text made safe for markup and quoted attributes. */
export function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  }
  return text.replaceAll(/[&<>"']/g, (letter) => entities[letter] ?? letter)
}

function render(piece: Piece): string {
  if (piece === null || piece === false) return ''
  if (piece instanceof Markup) return piece.text
  if (Array.isArray(piece)) return piece.map(render).join('')
  return escapeHtml(String(piece))
}
