import { notFound } from '#app/parties/require.server.ts'

/** Every address that nothing else answers: the public frame says so. */
export function loader(): never {
  throw notFound()
}

/** Never shown: the loader always throws. It makes this a page, so that the answer is one too. */
export default function NotFound(): null {
  return null
}
