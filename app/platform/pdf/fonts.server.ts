import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

/**
 * The faces that documents are set in: whole static fonts, because the subsets that browsers load have neither the
 * weights nor the letters that a name on an invoice may need.
 */
const FACES = {
  sans: '@expo-google-fonts/source-sans-3/400Regular/SourceSans3_400Regular.ttf',
  sansStrong: '@expo-google-fonts/source-sans-3/600SemiBold/SourceSans3_600SemiBold.ttf',
  serif: '@expo-google-fonts/source-serif-4/400Regular/SourceSerif4_400Regular.ttf',
  serifStrong: '@expo-google-fonts/source-serif-4/600SemiBold/SourceSerif4_600SemiBold.ttf',
} as const

export type Face = keyof typeof FACES

export const FACE_NAMES: readonly Face[] = Object.keys(FACES) as Face[]

const require = createRequire(import.meta.url)
/** The font library of the PDF library: the same one, wherever it is installed. */
const fontkit: { create: (bytes: Uint8Array) => object } = createRequire(require.resolve('pdfkit'))('fontkit')

const opened = new Map<Face, object>()

/**
 * A face for one document, in the place of its file. Opening a font costs more than a page, so its tables are shared by
 * all documents. Its glyphs are not: they remember which letters they first stood for, and no document may depend on
 * those made before it.
 */
export function fontFor(face: Face): Uint8Array {
  const font = opened.get(face) ?? fontkit.create(readFileSync(require.resolve(FACES[face])))
  opened.set(face, font)
  // The published types do not say yet that an open font is taken, too.
  return Object.assign(Object.create(font), { _glyphs: {} })
}
