import type { Part } from "./parts"
import { sumOf } from "./series"
import { brief, full, shareText, type Unit } from "./units"

interface RingProps {
  parts: readonly Part[]
  unit: Unit
  what: string
  onPress: (part: Part) => void
}

const RADIUS = 42
const ROUND = 2 * Math.PI * RADIUS
const GAP = 1.5

/** Draws parts of a whole, with the whole in the middle. What can be pressed in the ring can be pressed beside it. */
export function Ring({ parts, unit, what, onPress }: RingProps) {
  const sum = sumOf(parts.map((part) => part.value)) ?? 0
  const lengths = parts.map((part) => ((part.value ?? 0) / Math.max(sum, 1)) * ROUND)
  const starts = lengths.map((_, at) => lengths.slice(0, at).reduce((held, length) => held + length, 0))
  const spoken = parts.map((part) => `${part.label} ${full(part.value, unit)}`).join(", ")
  return (
    <div className="flex min-h-60 flex-wrap items-center justify-center gap-x-6 gap-y-3">
      <svg viewBox="0 0 100 100" role="img" aria-label={`${full(sum, unit)} ${what}: ${spoken}`} className="size-52 shrink-0">
        {parts.map((part, at) => (
          <circle
            key={part.key}
            cx={50}
            cy={50}
            r={RADIUS}
            fill="none"
            stroke={part.colour}
            strokeWidth={13}
            strokeDasharray={`${Math.max(0.5, (lengths[at] ?? 0) - (parts.length > 1 ? GAP : 0))} ${ROUND}`}
            strokeDashoffset={-(starts[at] ?? 0)}
            transform="rotate(-90 50 50)"
            className={part.isEntity ? "cursor-pointer" : undefined}
            data-tip={`${part.label}: ${full(part.value, unit)}, ${shareText(part.share, part.value)}`}
            onClick={() => part.isEntity && onPress(part)}
          />
        ))}
        <text x={50} y={51} textAnchor="middle" fontSize={14} fontWeight={600} fill="var(--text)">
          {brief(sum, unit)}
        </text>
        <text x={50} y={61} textAnchor="middle" fontSize={6.5} fill="var(--muted)">
          {what}
        </text>
      </svg>
      <ul className="min-w-44 flex-1">
        {parts.map((part) => (
          <li key={part.key}>
            <Row part={part} unit={unit} onPress={onPress} />
          </li>
        ))}
      </ul>
    </div>
  )
}

function Row({ part, unit, onPress }: { part: Part; unit: Unit; onPress: (part: Part) => void }) {
  const content = (
    <>
      <span aria-hidden className="size-2 shrink-0 rounded-xs" style={{ background: part.colour }} />
      <span className="truncate">{part.label}</span>
      <span className="ml-auto pl-3 tabular-nums">{brief(part.value, unit)}</span>
      <span className="w-10 text-right text-muted tabular-nums">{shareText(part.share, part.value)}</span>
    </>
  )
  const look = "flex h-7 w-full items-center gap-2 rounded-md px-2 text-left"
  if (!part.isEntity) return <span className={look}>{content}</span>
  return (
    <button type="button" data-tip={`Narrow the page to ${part.label}`} className={`${look} hover:bg-hover`} onClick={() => onPress(part)}>
      {content}
    </button>
  )
}
