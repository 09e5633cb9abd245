import { invalidRequest } from '#scripts/sandbox/api/api-error.ts'

export type FormTree = { [key: string]: FormValue }
export type FormValue = string | FormValue[] | FormTree

const MAX_DEPTH = 8
const MAX_FIELDS = 2_000

/**
 * Reads form encoding with brackets: `a[b][0]=c` gives `{a: {b: ['c']}}`; `a[]=c` appends.
 * @throws ApiError for malformed names, names below other values, too many fields or too deep nesting
 */
export function parseForm(encoded: string): FormTree {
  const root: FormTree = Object.create(null)
  let fields = 0
  for (const [name, value] of new URLSearchParams(encoded)) {
    fields += 1
    if (fields > MAX_FIELDS) throw invalidRequest('Too many parameters.')
    place(root, readPath(name), value)
  }
  return listsOf(root) as FormTree
}

function readPath(name: string): string[] {
  const match = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(name)
  if (!match?.[1]) throw invalidRequest(`Invalid parameter name: ${name.slice(0, 100)}`)
  const path = [match[1], ...[...(match[2] ?? '').matchAll(/\[([^[\]]*)\]/g)].map((part) => part[1] ?? '')]
  if (path.length > MAX_DEPTH) throw invalidRequest(`Parameter nested too deeply: ${name.slice(0, 100)}`)
  return path
}

function place(root: FormTree, path: string[], value: string): void {
  let level = root
  path.forEach((part, index) => {
    const key = part === '' ? String(Object.keys(level).length) : part
    if (index === path.length - 1) {
      level[key] = value
      return
    }
    const next = level[key] ?? Object.create(null)
    if (typeof next === 'string') throw invalidRequest(`Invalid parameter: ${path.join('.')}`, path[0])
    level[key] = next
    level = next as FormTree
  })
}

/** Turns objects whose keys are exactly 0, 1, 2 … into arrays, and null-prototype objects into plain ones. */
function listsOf(value: FormValue): FormValue {
  if (typeof value === 'string' || Array.isArray(value)) return value
  const entries = Object.entries(value).map(([key, inner]): [string, FormValue] => [key, listsOf(inner)])
  const isList = entries.length > 0 && entries.every(([key], index) => key === String(index))
  return isList ? entries.map(([, inner]) => inner) : Object.fromEntries(entries)
}
