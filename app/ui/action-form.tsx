import { createContext, type ReactNode, type RefObject, useContext } from 'react'
import { Form, type FormProps, useFormAction, useNavigation } from 'react-router'

type Submission = { pending: boolean; sent: FormData | undefined }

const SubmissionContext = createContext<Submission>({ pending: false, sent: undefined })

/**
 * A form that posts to a route action and tells the buttons inside it while its own answer is awaited.
 * Without JavaScript it is a plain HTML form.
 */
export function ActionForm({
  formRef,
  children,
  ...props
}: FormProps & { formRef?: RefObject<HTMLFormElement | null>; children: ReactNode }): ReactNode {
  const navigation = useNavigation()
  const ownAction = useFormAction(props.action)
  const pending = navigation.state !== 'idle' && navigation.formAction === ownAction
  const submission = { pending, sent: pending ? navigation.formData : undefined }
  return (
    <SubmissionContext value={submission}>
      <Form method="post" {...props} {...(formRef && { ref: formRef })}>
        {children}
      </Form>
    </SubmissionContext>
  )
}

/** Whether the form around is being sent by the button with this name and value (any button when no name is given). */
export function useSubmissionPending(name?: string, value?: string): boolean {
  const { pending, sent } = useContext(SubmissionContext)
  if (!pending) return false
  return name === undefined || sent?.get(name) === (value ?? '')
}
