import { COMMON_CORES } from './common-passwords.ts'

/** Fewest and most characters of a password. There is no rule about which characters. */
export const PASSWORD_LENGTH = { min: 12, max: 256 } as const

/** Substitutions that guessing programs undo first. */
const LEET: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
}

const onlyLetters = (text: string): string => text.replace(/[^a-z]/g, '')

const unleet = (text: string): string => text.replace(/[0134578@$!]/g, (character) => LEET[character] ?? '')

/** True when the text is one short piece said over and over (abcabcabcabc) or a run (123456789012, abcdefghijkl). */
function isRepetitive(text: string): boolean {
  if (/^(.{1,16})\1+.{0,5}$/.test(text)) return true
  let runs = 0
  for (let index = 1; index < text.length; index += 1) {
    const step = text.charCodeAt(index) - text.charCodeAt(index - 1)
    if (step === 0 || step === 1 || step === -1 || step === -9 || step === 9) runs += 1
  }
  return runs >= (text.length - 1) * 0.8
}

/** Three common words in a row are quickly tried out; four or more unrelated ones are not. */
const FEW_WORDS = 3

/** True when the letters are a few common words and nothing else. */
function isMadeOfCommonWords(letters: string): boolean {
  const fewest = [0]
  for (let end = 1; end <= letters.length; end += 1)
    for (let start = Math.max(0, end - 16); start < end; start += 1) {
      const words = (fewest[start] ?? Number.POSITIVE_INFINITY) + 1
      if (words < (fewest[end] ?? Number.POSITIVE_INFINITY) && COMMON_CORES.has(letters.slice(start, end)))
        fewest[end] = words
    }
  const words = fewest[letters.length]
  return words !== undefined && words > 0 && words <= FEW_WORDS
}

/** Words of four letters or more that name the person or the portal; a password may not be made of them. */
function namesIn(texts: readonly string[]): string[] {
  return texts.flatMap((text) => text.toLowerCase().split(/[^a-z]+/)).filter((word) => word.length >= 4)
}

/** Whether a password is among the first that a guessing program tries. `about`: the person's name and address. */
export function isCommonPassword(password: string, about: readonly string[] = []): boolean {
  const lower = password.toLowerCase()
  if (/^[\d\W_]*$/.test(lower) && new Set(lower).size < 7) return true
  if (isRepetitive(lower)) return true
  const names = namesIn(about)
  return [
    onlyLetters(lower),
    onlyLetters(unleet(lower)),
    onlyLetters(unleet(lower.replace(/[\d\W_]+$/, ''))),
  ].some((letters) => {
    const withoutNames = names.reduce((rest, name) => rest.replaceAll(name, ''), letters)
    return isMadeOfCommonWords(letters) || (withoutNames !== letters && withoutNames.length < 4)
  })
}

/**
 * Why a password cannot be taken, as a sentence for the person who chose it, or null when it can.
 * Length and the block list are the only rules (ASVS 6.2).
 */
export function passwordProblem(password: string, about: readonly string[] = []): string | null {
  const length = [...password].length
  if (length < PASSWORD_LENGTH.min) return `Use at least ${PASSWORD_LENGTH.min} characters.`
  if (length > PASSWORD_LENGTH.max) return `Use at most ${PASSWORD_LENGTH.max} characters.`
  if (isCommonPassword(password, about))
    return 'This password is easy to guess. Use a few unrelated words, or let a password manager make one.'
  return null
}
