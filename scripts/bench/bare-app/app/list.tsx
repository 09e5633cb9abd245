import type { ReactNode } from 'react'
import { type LoaderFunctionArgs, useLoaderData } from 'react-router'
import { type BareRow, readList } from './list-context.ts'

export async function loader({ request, context }: LoaderFunctionArgs): Promise<BareRow[]> {
  return context.get(readList)(request)
}

/** Fifty rows and nothing around them: what any list page on this framework costs at least. */
export default function BareList(): ReactNode {
  const rows = useLoaderData<typeof loader>()
  return (
    <table>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <td>{row.number}</td>
            <td>{row.issuedOn}</td>
            <td>{row.dueOn}</td>
            <td>{row.po}</td>
            <td>{row.total}</td>
            <td>{row.open}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
