/** A door in front of a provider that writes down what was asked and what was answered. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

export type RecordedCall = {
  method: string
  path: string
  /** The query of a request without a body, else its body. */
  asked: string
  status: number
  answered: string
}

export type Recorder = { port: number; url: string; calls: RecordedCall[]; stop: () => Promise<void> }

/** Opens the door on a free port; every request goes on to `target`, an address without a trailing slash. */
export async function startRecorder(target: string): Promise<Recorder> {
  const calls: RecordedCall[] = []
  const server = createServer((request, response) => {
    pass(target, request)
      .then(({ call, headers }) => {
        calls.push(call)
        response.writeHead(call.status, headers).end(call.answered)
      })
      .catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const stop = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { port, url: `http://127.0.0.1:${port}`, calls, stop }
}

async function pass(
  target: string,
  request: IncomingMessage,
): Promise<{ call: RecordedCall; headers: Record<string, string> }> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const body = Buffer.concat(chunks).toString()
  const { pathname, search } = new URL(request.url ?? '/', target)
  const method = request.method ?? 'GET'
  const { host: _host, connection: _connection, 'content-length': _length, ...rest } = request.headers
  const headers = Object.entries(rest).map(([name, value]): [string, string] => [name, String(value)])
  const answer = await fetch(`${target}${pathname}${search}`, {
    method,
    headers,
    ...(body === '' ? {} : { body }),
    redirect: 'manual',
  })
  const answered = await answer.text()
  const {
    'content-length': _answerLength,
    'transfer-encoding': _encoding,
    connection: _answerConnection,
    'keep-alive': _keep,
    ...answerHeaders
  } = Object.fromEntries(answer.headers)
  const asked = body === '' ? search.slice(1) : body
  return { call: { method, path: pathname, asked, status: answer.status, answered }, headers: answerHeaders }
}
