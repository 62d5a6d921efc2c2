import { ChevronDown, Download } from "lucide-react"
import { useState } from "react"

import { analyticsExport, type ExportFormat } from "@/api/analytics"
import { useApi } from "@/api/context"
import { buttonClasses } from "@/components/button"
import { sentence } from "@/components/form"
import { Menu, MenuContent, MenuHeading, MenuItem, MenuTrigger } from "@/components/menu"
import { useToast } from "@/components/toasts"
import { saveFile } from "@/lib/save-file"
import { addDays, isDay } from "@/lib/zones"

import { useView } from "./view"

const ICON = { "aria-hidden": true, size: 16, strokeWidth: 1.5 } as const
const FORMATS: readonly { format: ExportFormat; label: string; type: string }[] = [
  { format: "csv", label: "Export as CSV", type: "text/csv" },
  { format: "json", label: "Export as JSON", type: "application/json" },
  { format: "parquet", label: "Export as Parquet", type: "application/vnd.apache.parquet" },
]

/** A file of exactly what the filters show: a row a session. */
export function ExportMenu() {
  const api = useApi()
  const say = useToast()
  const { query, search } = useView()
  const [busy, setBusy] = useState(false)
  const take = async ({ format, type }: (typeof FORMATS)[number]) => {
    setBusy(true)
    try {
      saveFile(`sessions-${fileSpan(query)}.${format}`, type, await analyticsExport(api, { ...query, sort: search.sort ?? "-tokens" }, format))
    } catch (error) {
      say(sentence(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Menu>
      <MenuTrigger className={buttonClasses("secondary")} disabled={busy}>
        <Download {...ICON} />
        Export
        <ChevronDown aria-hidden size={14} strokeWidth={1.5} />
      </MenuTrigger>
      <MenuContent label="Export">
        <MenuHeading>The sessions that the filters show</MenuHeading>
        {FORMATS.map((one) => (
          <MenuItem key={one.format} onSelect={() => void take(one)}>
            {one.label}
          </MenuItem>
        ))}
      </MenuContent>
    </Menu>
  )
}

/** "2026-11-02-2026-11-08": the last day is named, not the one after. */
function fileSpan({ from, to }: { from: string; to: string }): string {
  return `${from.slice(0, 10)}-${isDay(to) ? addDays(to, -1) : to.slice(0, 10)}`
}
