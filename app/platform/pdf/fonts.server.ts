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

const files = new Map<Face, Buffer>()

/** The bytes of a face's font file; read once. */
export function fontFile(face: Face): Buffer {
  const known = files.get(face)
  if (known) return known
  const bytes = readFileSync(createRequire(import.meta.url).resolve(FACES[face]))
  files.set(face, bytes)
  return bytes
}
