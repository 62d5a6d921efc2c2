import { useInfiniteQuery } from "@tanstack/react-query"
import { Download } from "lucide-react"
import { useState } from "react"

import { auditLog, useExportAudit, type AuditFilter, type AuditFormat } from "@/api/audit"
import { useApi } from "@/api/context"
import { memberList } from "@/api/members"
import { Button } from "@/components/button"
import { sentence } from "@/components/form"
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/menu"
import { More } from "@/components/more"
import { Nothing, Part, Section } from "@/components/section"
import { useToast } from "@/components/toasts"
import { saveFile } from "@/lib/save-file"

import { AuditFilters } from "./audit-filters"
import { AuditRow } from "./audit-row"
import { filterOf, NO_CHOICE, type AuditChoice } from "./audit-words"

export function AuditLog({ team }: { team: string }) {
  const api = useApi()
  const [choice, setChoice] = useState<AuditChoice>(NO_CHOICE)
  const filter = filterOf(choice)
  const log = useInfiniteQuery(auditLog(api, team, filter))
  const members = useInfiniteQuery(memberList(api, team))
  const people = members.data?.pages.flatMap((page) => page.items) ?? []
  const names = new Map(people.map((member) => [member.user_id, member.username]))
  const entries = log.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Section
      title="Audit log"
      definition="Each entry is bound by a hash to the one before it, so that a missing or changed one shows."
      aside={<Export team={team} filter={filter} />}
    >
      <AuditFilters choice={choice} people={people} onChange={setChoice} />
      <Part query={log} failure="The audit log could not be loaded" lines={8}>
        {() =>
          entries.length === 0 ? (
            <Nothing>{choice === NO_CHOICE ? "Nothing has happened yet." : "Nothing of this kind happened in this time."}</Nothing>
          ) : (
            <>
              <ol className="divide-y divide-line" aria-label="Entries">
                {entries.map((entry) => (
                  <AuditRow key={entry.n} entry={entry} names={names} />
                ))}
              </ol>
              <More query={log} label="Show earlier" />
            </>
          )
        }
      </Part>
    </Section>
  )
}

/** What the filter names, as a file. That it was taken is an entry, too. */
function Export({ team, filter }: { team: string; filter: AuditFilter }) {
  const exportAudit = useExportAudit(team)
  const say = useToast()
  const take = (format: AuditFormat) =>
    exportAudit.mutate(
      { filter, format },
      {
        onSuccess: (text) => saveFile(`audit.${format}`, format === "csv" ? "text/csv" : "application/json", text),
        onError: (error) => say(sentence(error)),
      },
    )
  return (
    <Menu>
      <MenuTrigger asChild>
        <Button busy={exportAudit.isPending}>
          <Download aria-hidden size={16} strokeWidth={1.5} />
          Export
        </Button>
      </MenuTrigger>
      <MenuContent label="Export">
        <MenuItem onSelect={() => take("csv")}>CSV, for a spreadsheet</MenuItem>
        <MenuItem onSelect={() => take("json")}>JSON, for a program</MenuItem>
      </MenuContent>
    </Menu>
  )
}
