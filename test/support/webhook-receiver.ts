import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type Stripe from 'stripe'

export type Received = {
  body: string
  signature: string
  headers: IncomingHttpHeaders
  event: Stripe.Event
}
export type WebhookReceiver = {
  url: string
  /** Everything that arrived, refused deliveries included, in order of arrival. */
  received: Received[]
  /** HTTP status for a delivery; 200 unless set. */
  answerWith: (answer: (delivery: Received) => number) => void
  stop: () => Promise<void>
}

/** A server that keeps every webhook it is sent. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const received: Received[] = []
  let answer: (delivery: Received) => number = () => 200
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8')
      const signature = String(request.headers['stripe-signature'])
      const event = JSON.parse(body) as Stripe.Event
      const delivery = { body, signature, headers: request.headers, event }
      received.push(delivery)
      response.writeHead(answer(delivery)).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`,
    received,
    answerWith: (next) => {
      answer = next
    },
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
