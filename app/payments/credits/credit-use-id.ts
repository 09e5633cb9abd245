import { type AllocationId, asId } from '#app/books/ids.ts'

/** The last of the uses of credit that one form may make: the last four hexadecimal digits of their ids count them. */
export const LAST_USE = 0xffff

/**
 * The id of the n-th use of credit that a form makes: the form's own id with a counter for its end. The same form names the same
 * uses again, and all of them are found from the form's id.
 */
export function creditUseId(formId: string, index: number): AllocationId {
  if (index > LAST_USE) throw new Error(`A form makes no ${index} uses of credit`)
  return asId<'alo'>(formId.slice(0, -4) + index.toString(16).padStart(4, '0'))
}
