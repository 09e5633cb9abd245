import { createServer } from 'node:net'

/** True when nothing listens on this port of the loopback address. */
export async function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return (await tryPort(port, host)) !== undefined
}

/** The preferred port when it is free, else any free one. */
export async function choosePort(preferred = 0): Promise<number> {
  const chosen = (await tryPort(preferred, '127.0.0.1')) ?? (await tryPort(0, '127.0.0.1'))
  if (chosen === undefined) throw new Error('no free port on 127.0.0.1')
  return chosen
}

function tryPort(port: number, host: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address()
      const bound = typeof address === 'object' && address !== null ? address.port : undefined
      server.close(() => resolve(bound))
    })
  })
}
