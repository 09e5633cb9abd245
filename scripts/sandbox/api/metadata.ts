import { invalidRequest } from '#scripts/sandbox/api/api-error.ts'

/** Metadata within the provider's limits: 50 keys, names of 40, values of 500 characters; empty values unset a key. */
export function readMetadata(
  metadata: Record<string, string | number | null> | '' | null | undefined,
  param = 'metadata',
): Record<string, string> {
  if (metadata === undefined || metadata === null || metadata === '') return {}
  const entries = Object.entries(metadata)
  if (entries.length > 50) throw invalidRequest('Metadata can have at most 50 keys.', param)
  for (const [key, value] of entries) {
    if (key.length > 40)
      throw invalidRequest(`Invalid metadata key: at most 40 characters (${key.slice(0, 40)}…)`, param)
    if (String(value).length > 500)
      throw invalidRequest(`Invalid metadata value for ${key}: at most 500 characters`, param)
  }
  return Object.fromEntries(
    entries.filter(([, value]) => value !== '' && value !== null).map(([key, value]) => [key, String(value)]),
  )
}
