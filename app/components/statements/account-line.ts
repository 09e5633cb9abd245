/** Whose account a page is about, as a letter names it: "Aurora Books Ltd, account C-1001". */
export function accountLine({ name, number }: { readonly name: string; readonly number: string }): string {
  return `${name}, account ${number}`
}
