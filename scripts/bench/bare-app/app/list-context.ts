import { createContext } from 'react-router'

export type BareRow = {
  id: string
  number: string
  issuedOn: string
  dueOn: string
  po: string | null
  total: string
  open: string
}

/** How the page gets its rows: the server that measures it answers the session and the list, as the portal does. */
export const readList = createContext<(request: Request) => Promise<BareRow[]>>()
