import { z } from 'zod'
import { asId, encodeId, type PaymentId } from '#app/books/ids.ts'
import type { MailAttachment } from '#app/gateways/mail/port.ts'
import { composeBankLetter, composeMandateCopy } from '#app/notices/bank-letters.server.ts'
import { composeAutopay } from '#app/notices/compose-autopay.server.ts'
import { composeMoneyBack } from '#app/notices/compose-money-back.server.ts'
import { composePayLink } from '#app/notices/compose-pay-link.server.ts'
import type { Letter } from '#app/notices/letter.ts'
import { magicLinkLetter, receiptLetter, type Sender } from '#app/notices/letters.ts'
import { composeExpiry } from '#app/notices/method-letters.server.ts'
import { openMailedLink } from '#app/parties/mail-sign-in-link.server.ts'
import { getSupplier } from '#app/parties/supplier.server.ts'
import { issueReceipt } from '#app/payments/receipts/issue-receipt.server.ts'
import { env } from '#app/platform/env.server.ts'

export type Composed = {
  readonly letter: Letter
  readonly sender: Sender
  readonly attachments: readonly MailAttachment[]
}

/** An outbox row, as far as its letter depends on it. */
type LetterRow = { readonly id: string; readonly template: string; readonly parameters: unknown }

const receiptParameters = z.object({ paymentId: z.uuid() })
const magicLinkParameters = z.object({
  name: z.string(),
  sealedLink: z.string(),
  minutes: z.int().positive(),
})

const methodParameters = z.object({ methodId: z.uuid() })

const payLinkParameters = z.object({ payLinkId: z.uuid(), sealedLink: z.string() })

const httpLink = z.url({ protocol: /^https?$/ })

/**
 * The letter that an outbox row asks for, written now from the books. Throws for an unknown template or parameters that
 * do not fit it: whoever put the row there has a defect.
 */
export async function composeMail({ id, template, parameters }: LetterRow): Promise<Composed> {
  const supplier = await getSupplier()
  const sender = { name: supplier.name, email: supplier.email, phone: supplier.phone }
  switch (template) {
    case 'receipt':
      return composeReceipt(receiptParameters.parse(parameters).paymentId, sender)
    case 'magic-link': {
      const { name, sealedLink, minutes } = magicLinkParameters.parse(parameters)
      const link = httpLink.parse(openMailedLink(id, sealedLink))
      return { letter: magicLinkLetter({ name, link, minutes }, sender), sender, attachments: [] }
    }
    case 'method-expiring':
      return {
        letter: await composeExpiry(methodParameters.parse(parameters).methodId, sender),
        sender,
        attachments: [],
      }
    case 'pay-link': {
      const { payLinkId, sealedLink } = payLinkParameters.parse(parameters)
      const link = httpLink.parse(openMailedLink(id, sealedLink))
      return { letter: await composePayLink(payLinkId, link, sender), sender, attachments: [] }
    }
    case 'bank-link':
      return { letter: await composeBankLetter(parameters, sender), sender, attachments: [] }
    case 'mandate-copy':
      return { letter: await composeMandateCopy(parameters, sender), sender, attachments: [] }
    default: {
      const letter =
        (await composeAutopay(template, parameters, sender)) ??
        (await composeMoneyBack(template, parameters, sender))
      if (letter === null) throw new Error(`There is no letter called ${template}`)
      return { letter, sender, attachments: [] }
    }
  }
}

/** Receipts that are being made now: the letters of one payment go out together and carry the same paper. */
const underWay = new Map<PaymentId, ReturnType<typeof issueReceipt>>()

function issueOnce(paymentId: PaymentId): ReturnType<typeof issueReceipt> {
  const known = underWay.get(paymentId)
  if (known !== undefined) return known
  const making = issueReceipt(paymentId, null).finally(() => underWay.delete(paymentId))
  underWay.set(paymentId, making)
  return making
}

async function composeReceipt(paymentUuid: string, sender: Sender): Promise<Composed> {
  const paymentId = asId<'pay'>(paymentUuid)
  const issued = await issueOnce(paymentId)
  if (issued === null) throw new Error(`Payment ${paymentId} has no receipt`)
  const { receipt, customerId, document } = issued
  const page = `/c/${encodeId('cst', customerId)}/payments/${encodeId('pay', paymentId)}`
  return {
    letter: receiptLetter(receipt, sender, {
      payment: env.web.origin + page,
      check: `${env.web.origin}/check`,
    }),
    sender,
    attachments: [{ fileName: document.fileName, contentType: 'application/pdf', content: document.bytes }],
  }
}
