/** Prefixes of paths whose next part is a token: whoever reads it could use it. */
const TOKEN_PATHS = /^(\/l\/)[^/]+/

/** A path as it may stand in the log, without the token that it carries. */
export function loggablePath(path: string): string {
  return path.replace(TOKEN_PATHS, '$1[token]')
}
