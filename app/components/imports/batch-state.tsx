import type { ReactNode } from 'react'
import { StatusTag } from '#app/ui/status-tag.tsx'

/** Where an import stands; `bad` is the formatted count of rows that cannot be booked. */
export function BatchState({
  state,
  bad,
}: {
  state: 'staging' | 'checked' | 'refused' | 'committing' | 'committed'
  bad: string
}): ReactNode {
  switch (state) {
    case 'staging':
      return (
        <StatusTag tone="slate" shape="half">
          Being checked
        </StatusTag>
      )
    case 'checked':
      return (
        <StatusTag tone="accent" shape="ring">
          Ready to book
        </StatusTag>
      )
    case 'refused':
      return (
        <StatusTag tone="brick" shape="square" detail={`${bad} bad`}>
          Cannot be booked
        </StatusTag>
      )
    case 'committing':
      return (
        <StatusTag tone="slate" shape="half">
          Being booked
        </StatusTag>
      )
    case 'committed':
      return (
        <StatusTag tone="accent" shape="disc">
          Booked
        </StatusTag>
      )
  }
}
