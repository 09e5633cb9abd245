import { type ReactNode, useEffect, useRef } from 'react'
import { useLocation } from 'react-router'

/** A button that opens a short list of links. Works as a plain disclosure; with script it closes by itself. */
export function Menu({ label, children }: { label: ReactNode; children: ReactNode }): ReactNode {
  const details = useRef<HTMLDetailsElement>(null)
  const { key } = useLocation()
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new location closes the menu
  useEffect(() => {
    if (details.current) details.current.open = false
  }, [key])
  useEffect(() => {
    function closeFromOutside(event: Event): void {
      const menu = details.current
      if (!menu?.open) return
      const escaped = event instanceof KeyboardEvent && event.key === 'Escape'
      const outside = event.type === 'pointerdown' && !menu.contains(event.target as Node)
      if (!escaped && !outside) return
      menu.open = false
      if (escaped) menu.querySelector('summary')?.focus()
    }
    document.addEventListener('pointerdown', closeFromOutside)
    document.addEventListener('keydown', closeFromOutside)
    return () => {
      document.removeEventListener('pointerdown', closeFromOutside)
      document.removeEventListener('keydown', closeFromOutside)
    }
  }, [])
  return (
    <details className="menu" ref={details}>
      <summary>{label}</summary>
      <div className="menu__list">{children}</div>
    </details>
  )
}
