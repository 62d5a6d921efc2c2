import type { TeamSettings } from "@/api/types"
import { Field } from "@/components/field"
import { text } from "@/components/form"
import { Select } from "@/components/select"
import { TIER_NAMES, TIERS } from "@/lib/tiers"

type Wrong = (field: string) => string | undefined
type Data = Pick<TeamSettings, "capture_tier" | "retention_days" | "retention">

const AS_SERVER = "as the server is set up"
const KINDS = [
  { name: "details_days", label: "Their details (days)", hint: "Timeline, health over time, files, commits, pull requests. Figures stay. Empty: as long as the session" },
  { name: "alerts_days", label: "Alerts that are over (days)", hint: `Empty: ${AS_SERVER}, usually 180` },
  { name: "notifications_days", label: "Notifications (days)", hint: `Empty: ${AS_SERVER}, usually 90` },
  { name: "deliveries_days", label: "Log of webhooks (days)", hint: `Empty: ${AS_SERVER}, usually 30` },
  { name: "commands_days", label: "Commands (days)", hint: `To machines. Empty: ${AS_SERVER}, usually 30` },
] as const

/** What is taken in, and how long it is kept. */
export function DataFields({ settings, wrong }: { settings: TeamSettings; wrong: Wrong }) {
  return (
    <>
      <Select
        label="Take in from machines, at most"
        name="capture_tier"
        choices={TIER_NAMES.map((tier) => ({ value: tier, label: `${TIERS[tier].name} (${tier})` }))}
        defaultValue={settings.capture_tier}
        hint="From now on. What a machine sends beyond it is left out before anything is stored; figures are always counted. What is stored already stays until its session reports again, its timeline until it is deleted."
      />
      <div className="grid gap-4 sm:grid-cols-2 xl:grid-cols-3">
        <Days label="Keep ended sessions (days)" name="retention_days" value={settings.retention_days} error={wrong("retention_days")} hint="With all that belongs to them. Empty: for good" />
        {KINDS.map(({ name, label, hint }) => (
          <Days key={name} label={label} name={name} value={settings.retention[name]} error={wrong(`retention.${name}`)} hint={hint} />
        ))}
      </div>
      <p className="text-meta text-muted">What has been kept that long is deleted for good. Insights stay until somebody deletes them; the audit log is kept by the server, whatever a team says.</p>
    </>
  )
}

/** What the fields say; an empty one is no limit of the team’s. */
export function dataOf(values: FormData): Data {
  const days = (name: string) => (text(values, name).trim() === "" ? null : Number(text(values, name)))
  return {
    capture_tier: TIER_NAMES.find((tier) => tier === values.get("capture_tier")) ?? "content",
    retention_days: days("retention_days"),
    retention: Object.fromEntries(KINDS.map(({ name }) => [name, days(name)])),
  }
}

interface DaysProps {
  label: string
  name: string
  value: number | null | undefined
  hint: string
  error: string | undefined
}

function Days({ value, ...rest }: DaysProps) {
  return <Field type="number" min={1} max={36_500} step={1} defaultValue={value ?? ""} {...rest} />
}
