import { type ReactNode, useEffect, useRef } from 'react'
import { Form, type FormProps, useLocation } from 'react-router'

/**
 * A form whose answer is another address of the same page. Its controls stand as the address says: what was typed there
 * before does not stay when the reader goes back, with scripts by this, without them by the browser.
 */
export function FilterForm({
  children,
  ...props
}: Omit<FormProps, 'method'> & { children: ReactNode }): ReactNode {
  const form = useRef<HTMLFormElement>(null)
  const { key } = useLocation()
  const shown = useRef(key)
  useEffect(() => {
    if (shown.current === key) return
    shown.current = key
    form.current?.reset()
    // Whatever counts along in the form counts again.
    form.current?.dispatchEvent(new Event('change'))
  }, [key])
  return (
    <Form {...props} method="get" autoComplete="off" ref={form}>
      {children}
    </Form>
  )
}
