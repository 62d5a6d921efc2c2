import { useView } from "./view"

const formats = new Map<string, { short: Intl.DateTimeFormat; full: Intl.DateTimeFormat }>()

/** An instant by the clock of the page's zone; in full, with the zone, on hover. */
export function Moment({ iso }: { iso: string }) {
  const { short, full } = formatsOf(useView().zone)
  const instant = new Date(iso)
  return (
    <time dateTime={iso} data-tip={full.format(instant)}>
      {short.format(instant)}
    </time>
  )
}

function formatsOf(timeZone: string) {
  const held = formats.get(timeZone)
  if (held) return held
  const made = {
    short: new Intl.DateTimeFormat(undefined, { timeZone, day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
    full: new Intl.DateTimeFormat(undefined, { timeZone, dateStyle: "full", timeStyle: "long" }),
  }
  formats.set(timeZone, made)
  return made
}
