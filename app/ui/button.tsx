import type { ComponentProps, MouseEvent, ReactNode } from 'react'
import { Link, type LinkProps } from 'react-router'
import { useSubmissionPending } from './action-form.tsx'
import { classNames } from './class-names.ts'

/** Primary: the one act of the page. Secondary: others. Quiet: looks like a link. Danger: takes something away. */
export type ButtonVariant = 'primary' | 'secondary' | 'quiet' | 'danger'

type Look = { variant?: ButtonVariant; large?: boolean }

function buttonClass({ variant = 'primary', large = false }: Look, extra?: string): string {
  return classNames('button', variant !== 'primary' && `button--${variant}`, large && 'button--large', extra)
}

/**
 * A button that, inside an ActionForm, shows `pendingLabel` from the click until the answer. It stays focusable
 * and readable meanwhile and swallows a second click; the server refuses repeats by itself.
 */
export function Button({
  variant,
  large,
  pendingLabel,
  className,
  type = 'submit',
  children,
  ...props
}: ComponentProps<'button'> & Look & { pendingLabel?: string }): ReactNode {
  const sentHere = useSubmissionPending(props.name, props.value?.toString())
  const pending = sentHere && type === 'submit'
  function swallowWhilePending(event: MouseEvent<HTMLButtonElement>): void {
    if (pending) event.preventDefault()
    else props.onClick?.(event)
  }
  return (
    <button
      {...props}
      type={type}
      className={buttonClass({ ...(variant && { variant }), ...(large && { large }) }, className)}
      aria-disabled={pending || undefined}
      onClick={swallowWhilePending}
    >
      {pending ? (pendingLabel ?? children) : children}
    </button>
  )
}

/** A link that looks like a button, for acts that only go to another page. */
export function ButtonLink({
  variant,
  large,
  className,
  ...props
}: LinkProps & Look & { className?: string }): ReactNode {
  return (
    <Link
      {...props}
      className={buttonClass({ ...(variant && { variant }), ...(large && { large }) }, className)}
    />
  )
}

/** A link that hands out a file (PDF, CSV, JSON): always a whole request, never a page inside the app. */
export function DownloadLink({
  variant = 'secondary',
  className,
  children,
  ...props
}: ComponentProps<'a'> & Look): ReactNode {
  return (
    <a {...props} className={buttonClass({ variant }, className)}>
      {children}
    </a>
  )
}
