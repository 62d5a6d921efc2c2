import { CalendarRange, ChevronDown } from "lucide-react"
import { useState } from "react"

import { Button } from "@/components/button"
import { inputClasses } from "@/components/field"
import { Popover } from "@/components/popover"
import { classes } from "@/lib/classes"
import { addDays, allZones, isDay, ownZone } from "@/lib/zones"

import { ORDINARY, PRESET_NAMES, rangeLabel, refusal, type Range } from "./range"
import { PRESETS, type Preset } from "./search"
import { useView } from "./view"

/** Which days, by whose clock, compared or not, with weekends or without. */
export function DateRangePicker() {
  const { search, range, zone } = useView()
  const [open, setOpen] = useState(false)
  const preset = presetOf(search)
  const days = rangeLabel(range, zone)
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      label="Days"
      trigger={
        <Button className="max-w-full font-normal">
          <CalendarRange aria-hidden size={16} strokeWidth={1.5} className="shrink-0" />
          <span className="sr-only">Days: </span>
          <span className="truncate">{preset ? PRESET_NAMES[preset] : days}</span>
          {preset && <span className="hidden text-muted sm:inline">{days}</span>}
          <ChevronDown aria-hidden size={14} strokeWidth={1.5} className="shrink-0" />
        </Button>
      }
    >
      <div className="flex w-72 max-w-full flex-col gap-4">
        <Presets chosen={preset} onChosen={() => setOpen(false)} />
        <OwnDays key={`${range.from} ${range.to}`} range={range} onChosen={() => setOpen(false)} />
        <Zone />
        <Switches />
      </div>
    </Popover>
  )
}

function presetOf({ range, from }: { range?: Preset; from?: string }): Preset | null {
  return range ?? (from === undefined ? ORDINARY : null)
}

function Presets({ chosen, onChosen }: { chosen: Preset | null; onChosen: () => void }) {
  const { change } = useView()
  return (
    <div role="group" aria-label="Presets" className="grid grid-cols-2 gap-1.5">
      {PRESETS.map((preset) => (
        <button
          key={preset}
          type="button"
          aria-pressed={preset === chosen}
          onClick={() => {
            change({ range: preset === ORDINARY ? undefined : preset, from: undefined, to: undefined, bucket: undefined })
            onChosen()
          }}
          className={classes("h-8 rounded-md border px-2 text-left text-body", preset === chosen ? "border-accent bg-accent-soft" : "border-line hover:bg-hover")}
        >
          {PRESET_NAMES[preset]}
        </button>
      ))}
    </div>
  )
}

/** Days of one's own. The last one is included, as people say it. */
function OwnDays({ range, onChosen }: { range: Range; onChosen: () => void }) {
  const { zoom, today } = useView()
  const whole = isDay(range.from) && isDay(range.to)
  const [first, setFirst] = useState(whole ? range.from : today)
  const [last, setLast] = useState(whole ? addDays(range.to, -1) : today)
  const [refused, setRefused] = useState<string | null>(null)
  const show = () => {
    const why = refusal(first, last)
    setRefused(why)
    if (why !== null) return
    zoom({ from: first, to: addDays(last, 1) })
    onChosen()
  }
  return (
    <form
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault()
        show()
      }}
    >
      <div className="grid grid-cols-2 gap-2">
        <DayField label="First day" value={first} onChange={setFirst} />
        <DayField label="Last day" value={last} onChange={setLast} />
      </div>
      {refused !== null && (
        <p role="alert" className="text-meta text-critical-ink">
          {refused}
        </p>
      )}
      <Button type="submit">Show these days</Button>
    </form>
  )
}

function DayField({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  return (
    <label className="flex min-w-0 flex-col gap-1 text-meta text-muted">
      {label}
      <input type="date" value={value} onChange={(event) => onChange(event.target.value)} className={classes(inputClasses, "px-2 text-body text-text")} />
    </label>
  )
}

function Zone() {
  const { zone, teamZone, change } = useView()
  const near = [...new Set([teamZone, ownZone(), "UTC", zone])]
  const rest = allZones().filter((one) => !near.includes(one))
  const note = (one: string) => (one === teamZone ? ` (the team’s)` : one === ownZone() ? " (this browser’s)" : "")
  return (
    <label className="flex flex-col gap-1 text-meta text-muted">
      Time zone
      <select value={zone} onChange={(event) => change({ tz: event.target.value === teamZone ? undefined : event.target.value })} className={classes(inputClasses, "px-2 text-body text-text")}>
        {near.map((one) => (
          <option key={one} value={one}>
            {one}
            {note(one)}
          </option>
        ))}
        <optgroup label="All zones">
          {rest.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </optgroup>
      </select>
    </label>
  )
}

function Switches() {
  const { search, change } = useView()
  return (
    <div className="flex flex-col gap-1.5">
      <Check label="Compare with the time before" checked={search.compare !== "off"} onChange={(on) => change({ compare: on ? undefined : "off" })} />
      <Check label="Leave out weekends" checked={search.weekends === "off"} onChange={(on) => change({ weekends: on ? "off" : undefined })} />
    </div>
  )
}

function Check({ label, checked, onChange }: { label: string; checked: boolean; onChange: (on: boolean) => void }) {
  return (
    <label className="flex min-h-6 items-center gap-2">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.target.checked)} className="size-4 accent-accent" />
      {label}
    </label>
  )
}
