import type { ReactNode } from 'react'
import { data, Link, redirect } from 'react-router'
import { z } from 'zod'
import type { CustomerId, PersonId } from '#app/books/ids.ts'
import { REFUSALS, type Result } from '#app/books/refusals.ts'
import { requireBuyer } from '#app/parties/require.server.ts'
import { requireCardProcessor } from '#app/payments/card-processor.server.ts'
import { allowPayForm } from '#app/payments/cart/pay-limit.server.ts'
import { startBankLink } from '#app/payments/linked-banks/links/start-link.server.ts'
import { requireBanks } from '#app/payments/linked-banks/require-banks.server.ts'
import { setUpMethod } from '#app/payments/methods/set-up-method.server.ts'
import { env } from '#app/platform/env.server.ts'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button } from '#app/ui/button.tsx'
import { ErrorSummary, titleWithErrors } from '#app/ui/error-summary.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import type { Route } from './+types/methods-add.ts'

const choice = z.enum(['card', 'us_bank_account', 'bank_link'])

export async function loader({ request, params }: Route.LoaderArgs) {
  await requireBuyer(request, params.customerId, 'pay')
  return { base: `/c/${params.customerId}`, isBankLinkOffered: requireBanks().ok }
}

export async function action({ request, params }: Route.ActionArgs) {
  const { person, customer } = await requireBuyer(request, params.customerId, 'pay')
  const kind = choice.safeParse((await request.formData()).get('kind'))
  if (!kind.success) return data({ problem: 'Choose a card or a bank account.' }, { status: 400 })
  const allowed = await allowPayForm(person.id)
  const who = { customerId: customer.id, personId: person.id, origin: env.web.origin }
  const result = allowed.ok ? await openPage(kind.data, who) : allowed
  if (result.ok) throw redirect(result.url, 303)
  const { sentence, status } = REFUSALS[result.refusal.code]
  return data({ problem: sentence }, { status })
}

/** Opens the page of whoever takes the method. Answers its address. */
async function openPage(
  kind: z.infer<typeof choice>,
  who: { customerId: CustomerId; personId: PersonId; origin: string },
): Promise<Result<{ url: string }>> {
  if (kind === 'bank_link') {
    const configured = requireBanks()
    return configured.ok ? startBankLink({ banks: configured.banks, ...who }) : configured
  }
  const configured = requireCardProcessor()
  if (!configured.ok) return configured
  const opened = await setUpMethod({ processor: configured.processor, kind, ...who })
  return opened.ok ? { ok: true, url: opened.checkoutUrl } : opened
}

type Choice = {
  readonly kind: z.infer<typeof choice>
  readonly name: string
  readonly text: string
  readonly act: string
  readonly pending: string
}

const CHOICES: readonly Choice[] = [
  {
    kind: 'card',
    name: 'Card',
    text: 'Credit or debit. Payments arrive at once.',
    act: 'Add a card',
    pending: 'Opening the card page…',
  },
  {
    kind: 'us_bank_account',
    name: 'US bank account',
    text: 'By your bank’s login, or by the account’s numbers and two small deposits. Payments take up to four business days.',
    act: 'Add a US bank account',
    pending: 'Opening the bank page…',
  },
  {
    kind: 'bank_link',
    name: 'Your bank’s own login, by Plaid',
    text: 'We compare the holder’s name with your company’s, so most accounts need no small deposits. Payments take as long as other bank debits.',
    act: 'Link your bank (Plaid)',
    pending: 'Opening your bank’s page…',
  },
]

export default function AddMethod({ loaderData, actionData }: Route.ComponentProps): ReactNode {
  const problem = actionData?.problem
  return (
    <div className="stack measure">
      <title>{titleWithErrors('Add a way to pay', problem !== undefined)}</title>
      <ErrorSummary problems={problem === undefined ? [] : [{ message: problem }]} />
      <PageHeader
        title="Add a way to pay"
        lead="You enter it on the page of the card service or of your bank, never here. Nothing is charged."
      />
      <ActionForm>
        <ul className="to-do">
          {CHOICES.filter(({ kind }) => kind !== 'bank_link' || loaderData.isBankLinkOffered).map((each) => (
            <li key={each.kind}>
              <div className="grow">
                <strong>{each.name}</strong>
                <p className="small muted">{each.text}</p>
              </div>
              <Button
                name="kind"
                value={each.kind}
                pendingLabel={each.pending}
                {...(each.kind !== 'card' && { variant: 'secondary' })}
              >
                {each.act}
              </Button>
            </li>
          ))}
        </ul>
      </ActionForm>
      <p className="muted small">
        For a bank account you agree to debits that you start here or set up as autopay. You can take that
        back at any time by removing the account.
      </p>
      <p>
        <Link to={`${loaderData.base}/methods`}>Back to your ways to pay</Link>
      </p>
    </div>
  )
}
