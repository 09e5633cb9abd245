import { type ComponentProps, type ReactNode, useId } from 'react'
import { classNames } from './class-names.ts'

/** What every field shows around its control. `error` is the same sentence as in the error summary. */
export type FieldText = { label: ReactNode; hint?: ReactNode; error?: string | undefined; optional?: boolean }

/** The attributes that tie a control to its label, hint and error. */
type FieldTies = { id: string; 'aria-describedby': string | undefined; 'aria-invalid': true | undefined }

/** Label above, hint below it, error between hint and control; `children` receives the attributes to spread. */
export function Field({
  label,
  hint,
  error,
  optional,
  id,
  wide,
  children,
}: FieldText & { id?: string; wide?: boolean; children: (ties: FieldTies) => ReactNode }): ReactNode {
  const ownId = useId()
  const fieldId = id ?? ownId
  const hintId = hint ? `${fieldId}-hint` : undefined
  const errorId = error ? `${fieldId}-error` : undefined
  return (
    <div className={classNames('field', error && 'field--invalid', wide && 'field--wide')}>
      <label className="field__label" htmlFor={fieldId}>
        {label}
        {optional && <span className="field__optional"> (optional)</span>}
      </label>
      {hint && (
        <span className="field__hint" id={hintId}>
          {hint}
        </span>
      )}
      {error && (
        <span className="field__error" id={errorId}>
          {error}
        </span>
      )}
      {children({
        id: fieldId,
        'aria-describedby': [hintId, errorId].filter(Boolean).join(' ') || undefined,
        'aria-invalid': error ? true : undefined,
      })}
    </div>
  )
}

/** One line of text. `prefix` is shown joined before the box (a currency, for example). */
export function TextInput({
  label,
  hint,
  error,
  optional,
  prefix,
  wide,
  className,
  ...props
}: Omit<ComponentProps<'input'>, 'prefix'> & FieldText & { prefix?: string; wide?: boolean }): ReactNode {
  const text = { label, hint, ...(error && { error }), ...(optional && { optional }) }
  return (
    <Field {...text} {...(props.id && { id: props.id })} {...(wide && { wide })}>
      {(ties) => {
        const input = <input type="text" {...props} {...ties} className={classNames('input', className)} />
        if (!prefix) return input
        return (
          <span className="input-affix">
            <span className="input-affix__text" aria-hidden="true">
              {prefix}
            </span>
            {input}
          </span>
        )
      }}
    </Field>
  )
}

/** Several lines of text. */
export function TextArea({
  label,
  hint,
  error,
  optional,
  ...props
}: ComponentProps<'textarea'> & FieldText): ReactNode {
  const text = { label, hint, ...(error && { error }), ...(optional && { optional }) }
  return (
    <Field {...text} {...(props.id && { id: props.id })}>
      {(ties) => <textarea {...props} {...ties} className="input" />}
    </Field>
  )
}

/** One of a few fixed choices; `options` are [value, words] pairs. */
export function Select({
  label,
  hint,
  error,
  optional,
  options,
  ...props
}: ComponentProps<'select'> & FieldText & { options: readonly (readonly [string, string])[] }): ReactNode {
  const text = { label, hint, ...(error && { error }), ...(optional && { optional }) }
  return (
    <Field {...text} {...(props.id && { id: props.id })}>
      {(ties) => (
        // React keeps a select's first default: another one needs another select.
        <select {...props} {...ties} key={String(props.defaultValue)} className="input">
          {options.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}

/** A single yes-or-no with its words beside it. */
export function Checkbox({ label, ...props }: ComponentProps<'input'> & { label: ReactNode }): ReactNode {
  return (
    <label className="check">
      <input type="checkbox" {...props} />
      <span>{label}</span>
    </label>
  )
}
