import routes from '#app/routes.ts'

type Entry = (typeof routes)[number]

/** One place that a request can reach: its pattern as React Router gives it, and the module that answers. */
export type RoutePattern = { pattern: string; file: string }

function join(...parts: (string | undefined)[]): string {
  return `/${parts.filter(Boolean).join('/')}`.replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1')
}

function below(entry: Entry, parent: string): RoutePattern[] {
  const pattern = join(parent, entry.path)
  const children = (entry.children ?? []).flatMap((child) => below(child, pattern))
  // A layout is not a place of its own; the pages below it are.
  return children.length > 0 && entry.path === undefined
    ? children
    : [{ pattern, file: entry.file }, ...children]
}

/** Every pattern of app/routes.ts that an address can match. */
export function routePatterns(): RoutePattern[] {
  return routes.flatMap((entry) => below(entry, ''))
}
