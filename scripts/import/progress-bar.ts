/** A line that says how far a stage has come; drawn over itself on a terminal, silent elsewhere. */
export class ProgressBar {
  readonly #stream: NodeJS.WriteStream
  #label = ''
  #drawnAt = 0

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream
  }

  /** Starts the next stage. */
  stage(label: string): void {
    this.#label = label
    this.#drawnAt = 0
  }

  /** Draws, at most ten times a second and at the end. */
  update(done: number, total: number): void {
    const now = performance.now()
    if (!this.#stream.isTTY || (done < total && now - this.#drawnAt < 100)) return
    this.#drawnAt = now
    this.#stream.write(`\r${progressText(this.#label, done, total)}\u001b[K`)
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#stream.isTTY) this.#stream.write('\r\u001b[K')
  }
}

const WIDTH = 30

/** The bar as text: label, bar, percent and counts. */
export function progressText(label: string, done: number, total: number): string {
  const share = total === 0 ? 1 : Math.min(1, done / total)
  const filled = Math.round(share * WIDTH)
  const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled)
  const number = new Intl.NumberFormat('en-US')
  return `${label.padEnd(8)} ${bar} ${String(Math.floor(share * 100)).padStart(3)} %  ${number.format(done)} of ${number.format(total)}`
}
