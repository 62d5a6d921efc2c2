import { useNow } from "@/lib/clock"
import { ago, instant } from "@/lib/format/times"

/** "4 min ago", moving by itself; the exact instant and zone on hover. */
export function Ago({ iso, className }: { iso: string; className?: string }) {
  return (
    <time dateTime={iso} data-tip={instant(iso)} className={className}>
      {ago(iso, useNow())}
    </time>
  )
}
