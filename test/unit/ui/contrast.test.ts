import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

/** Text on its ground must reach 4.5:1, drawn things that carry meaning 3:1 (WCAG 2.2, 1.4.3 and 1.4.11). */
type Pair = [ink: string, ground: string]

const TEXT_PAIRS: Pair[] = [
  ...['paper', 'raised', 'sunken'].flatMap((ground): Pair[] => [
    ['ink', ground],
    ['ink-muted', ground],
    ['accent', ground],
    ['accent-strong', ground],
    ['amber', ground],
    ['brick', ground],
    ['slate', ground],
  ]),
  ...['accent-wash', 'amber-wash', 'brick-wash', 'slate-wash'].flatMap((ground): Pair[] => [
    ['ink', ground],
    ['ink-muted', ground],
    ['accent', ground],
    ['accent-strong', ground],
    ['brick', ground],
    [ground.replace('-wash', ''), ground],
    ['amber', ground],
    ['slate', ground],
  ]),
  ['on-accent', 'accent'],
  ['on-accent', 'accent-strong'],
  ['on-brick', 'brick'],
]

const DRAWN_PAIRS: Pair[] = ['rule', 'grey', 'accent', 'amber', 'brick', 'slate', 'focus'].flatMap((drawn) =>
  ['paper', 'raised'].map((ground): Pair => [drawn, ground]),
)

const css = readFileSync('app/ui/styles/tokens.css', 'utf8')

const tokens = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#\w+), (#\w+)\)/g)].map(
    ([, name = '', light = '', dark = '']) => [name, { light, dark }] as const,
  ),
)

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (high + 0.05) / (low + 0.05)
}

function colour(name: string, scheme: 'light' | 'dark'): string {
  const token = tokens.get(name)
  if (!token) throw new Error(`no colour token --${name}`)
  return token[scheme]
}

describe.each(['light', 'dark'] as const)('in the %s scheme', (scheme) => {
  test.each(TEXT_PAIRS)('%s can be read on %s', (ink, ground) => {
    expect(contrast(colour(ink, scheme), colour(ground, scheme))).toBeGreaterThanOrEqual(4.5)
  })

  test.each(DRAWN_PAIRS)('%s can be seen on %s', (drawn, ground) => {
    expect(contrast(colour(drawn, scheme), colour(ground, scheme))).toBeGreaterThanOrEqual(3)
  })
})

test('no other stylesheet and no component names a colour of its own', () => {
  const files = ['base', 'frame', 'controls', 'tables', 'parts', 'business']
  for (const file of files) {
    const rules = readFileSync(`app/ui/styles/${file}.css`, 'utf8')
    expect(rules.match(/#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(/gi), file).toBeNull()
  }
})
