/** How names and invoice numbers are found in what people and banks write. */

/** Shorter numbers stand in texts for many other things. */
const SHORTEST_NUMBER = 4

/** Whether a text holds an invoice number as a word of its own; what is no letter or digit in it may be written or left out. */
export function namedIn(text: string, number: string): boolean {
  const parts = number.toUpperCase().match(/[A-Z0-9]+/g) ?? []
  if (parts.join('').length < SHORTEST_NUMBER) return false
  return new RegExp(`(?<![A-Z0-9])${parts.join('[^A-Z0-9]{0,2}')}(?![A-Z0-9])`).test(text.toUpperCase())
}

/** The words of a text that could be invoice numbers, in capitals, each once, at most 40. */
export function numbersIn(text: string): string[] {
  const words = text
    .toUpperCase()
    .split(/[\s,;:()[\]"']+/)
    .flatMap((word) => [word, word.replace(/^[^A-Z0-9]+|[^A-Z0-9]+$/g, ''), ...word.split(/[/+*]/)])
    .filter((word) => /\d/.test(word) && word.length >= SHORTEST_NUMBER && word.length <= 60)
  return [...new Set(words)].slice(0, 40)
}

const LEGAL_FORMS = new Set(
  'the and inc incorporated llc llp ltd limited corp corporation co company gmbh ag sa sas sarl bv nv plc pty kg oy ab spa srl'.split(
    ' ',
  ),
)

/** The words that tell one company from another, in small letters. */
export function nameWords(name: string): string[] {
  const words =
    name
      .toLowerCase()
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .match(/[\p{L}\p{N}]+/gu) ?? []
  return words.filter((word) => !LEGAL_FORMS.has(word))
}

/** `same` when both have the same telling words; `partly` when one begins like the other, with a word long enough to tell. */
export function nameLikeness(one: string, other: string): 'same' | 'partly' | 'none' {
  const [a, b] = [nameWords(one), nameWords(other)]
  const [short, long] = a.length <= b.length ? [a, b] : [b, a]
  if (short.length === 0 || !short.every((word, index) => long[index] === word)) return 'none'
  if (short.length === long.length) return 'same'
  return short.join('').length >= 5 ? 'partly' : 'none'
}
