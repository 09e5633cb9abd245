import type { ReactNode } from 'react'

/** A fact with its name. */
export type KeyValue = { key: string; name: ReactNode; value: ReactNode }

/** Facts in a list, name on the left and value on the right. With `total`, the last one is the sum of those above. */
export function KeyValues({
  facts,
  total = false,
}: {
  facts: readonly KeyValue[]
  total?: boolean
}): ReactNode {
  return (
    <dl className={total ? 'key-values key-values--total' : 'key-values'}>
      {facts.map(({ key, name, value }) => (
        <div key={key}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
