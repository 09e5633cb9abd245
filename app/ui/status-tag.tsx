import type { ReactNode } from 'react'

/** The five moods of a state; each has its ink and its wash in tokens.css. */
export type Tone = 'neutral' | 'accent' | 'amber' | 'brick' | 'slate'

/** The small drawn shape that tells states apart without colour. */
export type Shape = 'ring' | 'disc' | 'half' | 'square' | 'frame' | 'diamond' | 'arrow' | 'back' | 'bars'

/** A state in a word, with a shape and a colour; `detail` follows in muted ink. */
export function StatusTag({
  tone,
  shape,
  detail,
  children,
}: {
  tone: Tone
  shape: Shape
  detail?: ReactNode
  children: ReactNode
}): ReactNode {
  return (
    <span className="tag" data-tone={tone} data-shape={shape}>
      {children}
      {detail && <span className="tag__detail">{detail}</span>}
    </span>
  )
}
