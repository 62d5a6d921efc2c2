import { classes } from "@/lib/classes"

const TINTS = [
  "text-series-1", "text-series-2", "text-series-3", "text-series-4", "text-series-5", "text-series-6", "text-series-7",
]

/**
 * A person's initial on a tint that stays theirs. The name stands beside it, so it is silent to a screen reader, and
 * drawn rather than written: else a button with it would have to be called by it.
 */
export function Avatar({ name, id, size = "small" }: { name: string; id: string; size?: "small" | "large" }) {
  return (
    <span
      aria-hidden
      className={classes(
        "relative inline-flex shrink-0 items-center justify-center overflow-hidden rounded-full font-semibold",
        size === "small" ? "size-5 text-[0.6875rem]" : "size-8 text-body",
        TINTS[hash(id) % TINTS.length],
      )}
    >
      <span className="absolute inset-0 bg-current opacity-20" />
      <span className="relative text-text before:content-[attr(data-initial)]" data-initial={(name[0] ?? "?").toUpperCase()} />
    </span>
  )
}

function hash(text: string): number {
  let sum = 0
  for (const character of text) sum = (sum * 31 + character.charCodeAt(0)) >>> 0
  return sum
}
