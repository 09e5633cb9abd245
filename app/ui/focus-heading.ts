import { useEffect, useRef } from 'react'
import { useLocation } from 'react-router'

/**
 * After a move to another page without reloading, puts the focus on the new page's heading, so that a screen reader
 * says where one is and the Tab key goes on from there. Filters and paging keep the focus where it was.
 */
export function useFocusHeadingOnNavigation(): void {
  const { pathname } = useLocation()
  const shown = useRef(pathname)
  useEffect(() => {
    if (shown.current === pathname) return
    shown.current = pathname
    const heading = document.querySelector<HTMLElement>('#main h1') ?? document.getElementById('main')
    if (!heading) return
    heading.tabIndex = -1
    heading.focus({ preventScroll: true })
  }, [pathname])
}
