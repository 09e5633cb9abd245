import { type ReactNode, useId } from 'react'

/** Just under the circumference of the circle on which the rim is written. */
const RIM_LENGTH = 336

/** The one ornament: a drawn ring with a word and a date, as a clerk would stamp it. For things that are settled, only. */
export function Seal({
  word,
  date,
  rim,
  size = 148,
}: {
  word: string
  date: string
  rim: string
  size?: number
}): ReactNode {
  const rimPath = useId()
  const titleId = useId()
  return (
    <svg
      className="seal"
      width={size}
      height={size}
      viewBox="0 0 148 148"
      role="img"
      aria-labelledby={titleId}
    >
      <title id={titleId}>{`${word} ${date}`}</title>
      <g transform="rotate(-8 74 74)" fill="none" stroke="currentColor">
        <circle cx="74" cy="74" r="71" strokeWidth="1.75" />
        <circle cx="74" cy="74" r="67" strokeWidth="2.5" strokeDasharray="0.9 2.1" />
        <circle cx="74" cy="74" r="48.5" strokeWidth="1" />
        <path
          id={rimPath}
          d="M 74 74 m -54.5 0 a 54.5 54.5 0 1 1 109 0 a 54.5 54.5 0 1 1 -109 0"
          stroke="none"
        />
        <path d="M36 60.5h76M36 93.5h76" strokeWidth="0.75" />
        <g stroke="none" fontFamily="var(--serif)" textAnchor="middle">
          <text fontSize="8.5" textAnchor="start">
            <textPath href={`#${rimPath}`} textLength={RIM_LENGTH} lengthAdjust="spacing">
              {`${rim} · ${rim} ·`.toUpperCase()}
            </textPath>
          </text>
          <text x="74" y="79" fontSize="15.5" fontWeight="600" letterSpacing="1.2">
            {word.toUpperCase()}
          </text>
          <text x="74" y="90" fontSize="10">
            {date}
          </text>
          <circle cx="74" cy="52" r="1.5" fill="currentColor" />
          <circle cx="74" cy="102" r="1.5" fill="currentColor" />
        </g>
      </g>
    </svg>
  )
}
