import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { newId } from '#app/books/ids.ts'
import { createSmtpSender } from '#app/gateways/mail/client.server.ts'
import type { MailSender } from '#app/gateways/mail/port.ts'
import { deliverMail, messageIdOf } from '#app/notices/deliver-mail.server.ts'
import { noticeJobs } from '#app/notices/notice-jobs.server.ts'
import { sealSecret } from '#app/parties/sealed-secret.server.ts'
import { db } from '#app/platform/db.server.ts'
import {
  type CardWorld,
  createBuyer,
  deliverWebhooks,
  enterCard,
  openCardWorld,
  openCheckout,
} from '#test/support/card-world.ts'

type Kept = { subject: string; text: string; attachments: { filename: string; content_type: string }[] }

let world: CardWorld
let sender: MailSender
beforeAll(async () => {
  world = await openCardWorld()
  sender = createSmtpSender({
    smtpUrl: `smtp://127.0.0.1:${world.sandbox.smtpPort}`,
    from: 'Quittance <no-reply@quittance.test>',
  })
})
afterAll(() => world.stop())
beforeEach(() => world.sandbox.control('DELETE', 'faults'))

async function mailbox(to: string): Promise<Kept[]> {
  return (await world.sandbox.control<{ messages: Kept[] }>('GET', `mailbox?to=${encodeURIComponent(to)}`))
    .messages
}

async function signInLetter(recipient: string): Promise<string> {
  const id = newId()
  const sealedLink = sealSecret('http://localhost:3000/sign-in/link/open?token=abc', `mail:${id}`)
  const parameters = { name: 'Ann', sealedLink, minutes: 10 }
  await db.mailOutbox.create({
    data: {
      id,
      mailKey: `magic-link:${id}`,
      template: 'magic-link',
      recipient,
      parameters,
      createdAt: new Date(),
    },
  })
  return id
}

test('a settled payment’s receipt reaches its readers with the PDF, and is sent once', async () => {
  const buyer = await createBuyer([124_050n])
  const { checkoutId } = await openCheckout(world, buyer)
  await enterCard(world, checkoutId)
  await deliverWebhooks(world)
  const letters = await db.mailOutbox.findMany({ where: { customerId: buyer.customerId } })
  expect(letters).toHaveLength(2)
  for (const { id } of [...letters, ...letters]) await deliverMail(sender, id)
  for (const { recipient } of letters) {
    const [mail, ...more] = await mailbox(recipient)
    expect(more).toEqual([])
    expect(mail?.subject).toMatch(/^Receipt P-\d+: \$1,240\.50 paid to Harrow & Finch$/)
    expect(mail?.text).toContain('by Visa ending 4242')
    expect(mail?.attachments.map((each) => each.content_type)).toEqual(['application/pdf'])
  }
  const sent = await db.mailOutbox.findMany({ where: { customerId: buyer.customerId } })
  expect(sent.every((each) => each.sentAt !== null && each.messageId === messageIdOf(each.mailKey))).toBe(
    true,
  )
})

test('a server that does not take mail now is tried again; the letter arrives when it does', async () => {
  const id = await signInLetter('later@buyer.test')
  await world.sandbox.control('POST', 'faults', { kind: 'smtp_refuse', status: 421, count: 1 })
  await expect(deliverMail(sender, id)).rejects.toThrow('unavailable')
  expect(await db.mailOutbox.findUniqueOrThrow({ where: { id } })).toMatchObject({
    sentAt: null,
    attempts: 1,
  })
  await deliverMail(sender, id)
  const [letter, ...more] = await mailbox('later@buyer.test')
  expect(letter?.text).toContain('http://localhost:3000/sign-in/link/open?token=abc')
  expect(more).toEqual([])
  expect(await db.mailOutbox.findUniqueOrThrow({ where: { id } })).toMatchObject({
    attempts: 2,
    lastError: null,
  })
})

test('a letter refused for good is not tried again, and a person is told', async () => {
  const id = await signInLetter('nobody@buyer.test')
  await world.sandbox.control('POST', 'faults', { kind: 'smtp_refuse', status: 550, count: 1 })
  await deliverMail(sender, id)
  expect(await mailbox('nobody@buyer.test')).toHaveLength(0)
  expect(await db.exceptionCase.count({ where: { caseKey: `mail.refused:${id}` } })).toBe(1)
})

test('a mail server that is down is unavailable, not an error of the letter', async () => {
  const nowhere = createSmtpSender({
    smtpUrl: 'smtp://127.0.0.1:1',
    from: 'Quittance <no-reply@quittance.test>',
  })
  await expect(deliverMail(nowhere, await signInLetter('down@buyer.test'))).rejects.toMatchObject({
    kind: 'unavailable',
  })
})

test('a crash between the server’s yes and our note sends the same letter again, under the same id', async () => {
  const id = await signInLetter('twice@buyer.test')
  const names: string[] = []
  const noting: MailSender = {
    send: async (mail) => {
      names.push(mail.messageId)
      await sender.send(mail)
    },
  }
  await deliverMail(noting, id)
  await db.mailOutbox.update({ where: { id }, data: { sentAt: null } })
  await deliverMail(noting, id)
  expect(await mailbox('twice@buyer.test')).toHaveLength(2)
  expect(names).toEqual([messageIdOf(`magic-link:${id}`), messageIdOf(`magic-link:${id}`)])
})

test('without a mail server the job is done and the letter stays', async () => {
  const id = await signInLetter('kept@buyer.test')
  await noticeJobs(null)['mail:deliver']?.({ mailId: id }, AbortSignal.timeout(1_000))
  expect((await db.mailOutbox.findUniqueOrThrow({ where: { id } })).sentAt).toBeNull()
})
