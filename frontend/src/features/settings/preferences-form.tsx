import { useState } from "react"

import { overtakenBy } from "@/api/changed"
import { useChangePreferences } from "@/api/notices"
import type { NoticePreferences, QuietHours } from "@/api/types"
import { fieldError, Form, sentence } from "@/components/form"
import { Select } from "@/components/select"
import { useToast } from "@/components/toasts"
import { ownZone } from "@/lib/zones"

import { isSame, turned, turnedAll } from "./preferences"
import { zones } from "./team-change"
import { WayTable } from "./way-table"

/** Each kind of event by each way, and the hours in which nothing may ring. */
export function PreferencesForm({ preferences }: { preferences: NoticePreferences }) {
  const [seen, setSeen] = useState(preferences)
  const [held, setHeld] = useState(preferences)
  const change = useChangePreferences()
  const say = useToast()
  const other = overtakenBy<NoticePreferences>(change.error)
  const take = (saved: NoticePreferences) => {
    setSeen(saved)
    setHeld(saved)
  }
  const undo = (back: NoticePreferences, version: number) =>
    void change.mutateAsync({ ...back, version }).then(take, (error: unknown) => say(sentence(error)))
  const send = () => {
    if (isSame(held, seen)) return say("Nothing was changed")
    const before = seen
    change.mutate(
      { ...held, version: seen.version },
      {
        onSuccess: (saved) => {
          take(saved)
          say("Your choices are saved", () => undo(before, saved.version))
        },
      },
    )
  }
  return (
    <Form
      submit="Save"
      busy={change.isPending}
      error={other ? null : change.error}
      onSubmit={send}
      beside={
        other && (
          <p role="alert" className="text-critical-ink">
            You changed this elsewhere meanwhile; nothing of this was saved.{" "}
            <button
              type="button"
              className="font-medium underline underline-offset-2"
              onClick={() => {
                change.reset()
                take(other)
              }}
            >
              Show what is saved
            </button>
          </p>
        )
      }
    >
      <WayTable
        events={held.events}
        onTurn={(kind, way) => setHeld({ ...held, events: turned(held.events, kind, way) })}
        onTurnAll={(way) => setHeld({ ...held, events: turnedAll(held.events, way) })}
      />
      <Quiet hours={held.quiet_hours} error={fieldError(change.error, "quiet_hours")} onChange={(quiet_hours) => setHeld({ ...held, quiet_hours })} />
    </Form>
  )
}

interface QuietProps {
  hours: QuietHours | null
  error: string | undefined
  onChange: (hours: QuietHours | null) => void
}

function Quiet({ hours, error, onChange }: QuietProps) {
  const zone = hours?.timezone ?? ownZone()
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-body font-medium">Quiet hours</legend>
      <label className="flex min-h-6 items-center gap-2">
        <input type="checkbox" checked={hours !== null} onChange={() => onChange(hours === null ? { from: "22:00", to: "07:00", timezone: zone } : null)} className="size-4 accent-accent" />
        Letters, browser notifications and messages elsewhere wait until these hours are over; the list here does not.
      </label>
      {hours && (
        <div className="flex flex-wrap items-end gap-3">
          <Hour label="From" value={hours.from} onChange={(from) => onChange({ ...hours, from })} />
          <Hour label="To" value={hours.to} onChange={(to) => onChange({ ...hours, to })} />
          <Select
            label="By the clock of"
            value={zone}
            onChange={(event) => onChange({ ...hours, timezone: event.target.value })}
            choices={zones(zone).map((one) => ({ value: one, label: one.replaceAll("_", " ") }))}
          />
        </div>
      )}
      {hours?.from === hours?.to && hours !== null && <p className="text-meta text-critical-ink">They end at another time than they begin.</p>}
      {error && <p className="text-meta text-critical-ink">{error}</p>}
    </fieldset>
  )
}

function Hour({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  return (
    <label className="flex flex-col gap-1.5">
      <span className="text-body font-medium">{label}</span>
      <input
        type="time"
        required
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className="h-9 rounded-md border border-line-strong bg-surface px-3 text-prose tabular-nums"
      />
    </label>
  )
}
