import { openSecret, sealSecret } from '#app/parties/sealed-secret.server.ts'

/** What a token is bound to: sealed for one link, it opens nothing of another. */
const ownerOf = (linkId: string): string => `bank-link:${linkId}`

/** A token of a link, sealed for storage. */
export function sealToken(linkId: string, token: string): string {
  return sealSecret(token, ownerOf(linkId))
}

/** The token that was sealed for this link. Only for handing on to the service that it is for. */
export function openToken(linkId: string, sealed: string): string {
  return openSecret(sealed, ownerOf(linkId))
}
