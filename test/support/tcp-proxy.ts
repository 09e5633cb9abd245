/**
 * A door on a port of its own that passes bytes on to another port, and can misbehave as networks and failing servers do: cut
 * connections, let them stand still, hand every piece on late, turn new ones away, and lose one answer just after its
 * question has gone through.
 */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** How a connection ends: with a reset, as when a host dies, or closed in good order, as when a server is told to end. */
export type Ending = 'reset' | 'close'

/** What becomes of the next piece from the caller that holds the text. */
export type Loss = {
  text: string
  /**
   * `unasked`: the connection ends and the text never arrives. `unanswered`: it arrives and the connection ends at once. `swallowed`:
   * it arrives, the other side answers, and the connection ends in place of the answer. `forgotten`: it arrives, and neither its
   * answer nor anything after it passes any more, while the connection stays.
   */
  when: 'unasked' | 'unanswered' | 'swallowed' | 'forgotten'
  ending: Ending
}

export type TcpProxy = {
  port: number
  /** Ends every connection of this moment; answers how many there were. */
  cut: (ending: Ending) => number
  /** From now on nothing passes, until `resume`. New connections are taken and stand still too. */
  stall: () => void
  /** From now on new connections are ended at once, until `resume`. */
  refuse: () => void
  /** From now on every piece arrives so much later, until `resume`. */
  delay: (milliseconds: number) => void
  resume: () => void
  /** Loses the answer to the next text of that kind; resolves when it has happened, or false when `withinMs` passed without. */
  lose: (loss: Loss, withinMs: number) => Promise<boolean>
  close: () => Promise<void>
}

type Link = { caller: Socket; server: Socket; swallowing: Loss | null }

/** Opens the door. A new connection goes to the first of the ports, in turn, at which somebody listens. */
export async function startTcpProxy(targets: readonly number[]): Promise<TcpProxy> {
  const links = new Set<Link>()
  let isRefusing = false
  let delayMs = 0
  let next = 0
  let gate = openGate()
  let waiting: { loss: Loss; done: (happened: boolean) => void } | null = null

  const server = createServer({ allowHalfOpen: true }, (caller) => {
    caller.on('error', () => {})
    caller.setNoDelay()
    if (isRefusing) caller.resetAndDestroy()
    else void link(caller)
  })

  async function link(caller: Socket): Promise<void> {
    const reached = await reach()
    if (reached === null) {
      caller.resetAndDestroy()
      return
    }
    const made: Link = { caller, server: reached, swallowing: null }
    links.add(made)
    await Promise.all([
      pass(caller, reached, (piece) => isLost(made, piece)),
      pass(reached, caller, () => isSwallowed(made)),
    ])
    links.delete(made)
  }

  async function reach(): Promise<Socket | null> {
    for (let tries = 0; tries < targets.length; tries += 1) {
      const port = targets[next % targets.length] ?? 0
      next += 1
      const socket = await connectTo(port)
      if (socket !== null) return socket
    }
    return null
  }

  /** Hands pieces on in their order; `swallow` says that one must not arrive. */
  async function pass(from: Socket, to: Socket, swallow: (piece: Buffer) => boolean): Promise<void> {
    try {
      for await (const piece of from.iterator({ destroyOnReturn: false })) {
        await gate.opened
        if (delayMs > 0) await sleep(delayMs)
        if (swallow(piece) || to.destroyed) return
        if (!to.write(piece)) await once(to, 'drain')
      }
      await gate.opened
      to.end()
    } catch {
      // The connection was lost on one side, so it is on the other.
      to.destroy()
    }
  }

  function isLost(made: Link, piece: Buffer): boolean {
    if (waiting === null || !piece.includes(waiting.loss.text)) return false
    const { loss, done } = waiting
    waiting = null
    if (loss.when === 'swallowed' || loss.when === 'forgotten') {
      made.swallowing = loss
      setImmediate(done, true)
      return false
    }
    if (loss.when === 'unanswered') made.server.write(piece, () => end(made, loss.ending))
    else end(made, loss.ending)
    setImmediate(done, true)
    return true
  }

  function isSwallowed(made: Link): boolean {
    if (made.swallowing === null) return false
    if (made.swallowing.when === 'swallowed') end(made, made.swallowing.ending)
    return true
  }

  function end({ caller, server: reached }: Link, ending: Ending): void {
    for (const socket of [caller, reached]) {
      if (ending === 'reset') socket.resetAndDestroy()
      else socket.destroySoon()
    }
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')

  return {
    port: address.port,
    cut: (ending) => {
      const cut = [...links]
      for (const each of cut) end(each, ending)
      return cut.length
    },
    stall: () => {
      if (gate.isOpen) gate = closedGate()
    },
    refuse: () => {
      isRefusing = true
    },
    delay: (milliseconds) => {
      delayMs = milliseconds
    },
    resume: () => {
      isRefusing = false
      delayMs = 0
      gate.open()
    },
    lose: async (loss, withinMs) => {
      const happened = new Promise<boolean>((resolve) => {
        waiting = { loss, done: resolve }
      })
      const ended = await Promise.race([happened, sleep(withinMs, false)])
      if (!ended) waiting = null
      return ended
    },
    close: async () => {
      gate.open()
      for (const each of links) end(each, 'reset')
      server.close()
      await once(server, 'close')
    },
  }
}

type Gate = { isOpen: boolean; opened: Promise<void>; open: () => void }

function openGate(): Gate {
  return { isOpen: true, opened: Promise.resolve(), open: () => {} }
}

function closedGate(): Gate {
  let release = (): void => {}
  const opened = new Promise<void>((resolve) => {
    release = resolve
  })
  const gate: Gate = {
    isOpen: false,
    opened,
    open: () => {
      gate.isOpen = true
      release()
    },
  }
  return gate
}

async function connectTo(port: number): Promise<Socket | null> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
  try {
    await once(socket, 'connect')
    socket.on('error', () => {})
    return socket
  } catch {
    return null
  }
}
