import { type ReactNode, useEffect, useRef } from 'react'

/** One problem: `fieldId` is the id of the control that it is about; without it the problem concerns the whole form. */
export type FormProblem = { fieldId?: string; message: string }

/** The list on top of a form that came back. Takes the focus when it appears or changes; each item leads to its field. */
export function ErrorSummary({ problems }: { problems: readonly FormProblem[] }): ReactNode {
  const box = useRef<HTMLDivElement>(null)
  const messages = problems.map((problem) => problem.message).join('\n')
  useEffect(() => {
    if (messages) box.current?.focus()
  }, [messages])
  if (problems.length === 0) return null
  return (
    <div className="error-summary" role="alert" aria-labelledby="error-summary-title" tabIndex={-1} ref={box}>
      <h2 id="error-summary-title">There is a problem</h2>
      <ul className="stack-s">
        {problems.map(({ fieldId, message }) => (
          <li key={message}>{fieldId ? <a href={`#${fieldId}`}>{message}</a> : message}</li>
        ))}
      </ul>
    </div>
  )
}

/** The page title while a form shows problems, so that the tab and the screen reader say it first. */
export function titleWithErrors(title: string, hasProblems: boolean): string {
  return hasProblems ? `Error: ${title}` : title
}
