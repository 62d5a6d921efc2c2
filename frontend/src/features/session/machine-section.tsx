import { useQuery } from "@tanstack/react-query"
import { Ban, CircleCheck, CircleX, Clock, Download, LoaderCircle, Send, type LucideIcon } from "lucide-react"

import { commandExport, sessionCommands } from "@/api/commands"
import { useApi } from "@/api/context"
import type { FileFormat } from "@/api/sessions"
import type { Machine, Session, SessionCommand, User } from "@/api/types"
import { Ago } from "@/components/ago"
import { Button } from "@/components/button"
import { sentence } from "@/components/form"
import { Nothing, Part, Section } from "@/components/section"
import { useToast } from "@/components/toasts"
import { classes } from "@/lib/classes"
import { compact } from "@/lib/format/numbers"
import { FILE_TYPES, saveFile } from "@/lib/save-file"

import { COMMANDS } from "./command-rules"

const LOOKS: Record<SessionCommand["status"], { icon: LucideIcon; ink: string; word: string }> = {
  pending: { icon: Clock, ink: "text-muted", word: "Waiting" },
  sent: { icon: Send, ink: "text-muted", word: "Sent" },
  started: { icon: LoaderCircle, ink: "text-accent-ink", word: "Started" },
  done: { icon: CircleCheck, ink: "text-good-ink", word: "Done" },
  failed: { icon: CircleX, ink: "text-critical-ink", word: "Failed" },
  expired: { icon: Ban, ink: "text-warning-ink", word: "Expired" },
}

/** The session's machine, and what came of what was asked of it, live. */
export function MachineSection({ session, user, machine }: { session: Session; user: User; machine: Machine | null | undefined }) {
  const commands = useQuery(sessionCommands(useApi(), session.id))
  return (
    <Section title="Machine" definition="Commands go to the agent on the session’s machine, which does only what it was told to allow." aside={<Heard machine={machine} session={session} />}>
      <Part query={commands} failure="What was asked could not be loaded" lines={1}>
        {(list) =>
          list.length === 0 ? (
            <Nothing>Nothing was asked of it yet.</Nothing>
          ) : (
            <ul data-testid="commands" aria-live="polite" className="flex max-h-72 flex-col gap-2 overflow-y-auto">
              {list.map((command) => (
                <CommandLine key={command.id} command={command} me={user.id} />
              ))}
            </ul>
          )
        }
      </Part>
    </Section>
  )
}

function Heard({ machine, session }: { machine: Machine | null | undefined; session: Session }) {
  if (!machine) return session.hostname
  return (
    <span className="inline-flex items-center gap-1.5" data-tip={machine.online ? "Its agent is heard from." : "Its agent is not heard from: it takes up commands when it is, if that is within ten minutes."}>
      <span aria-hidden className={classes("size-2 rounded-full", machine.online ? "bg-good" : "bg-faint")} />
      {machine.hostname}, {machine.online ? "connected" : "not connected"}
    </span>
  )
}

function CommandLine({ command, me }: { command: SessionCommand; me: string }) {
  const { icon: Icon, ink, word } = LOOKS[command.status]
  return (
    <li data-command={command.kind} data-status={command.status} className="flex gap-2">
      <Icon aria-hidden size={14} strokeWidth={1.75} className={classes("mt-0.5 shrink-0", ink, command.status === "started" && "animate-spin motion-reduce:animate-none")} />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap gap-x-2">
          <span className="font-medium">{COMMANDS[command.kind].word}</span>
          <span className={ink}>{word}</span>
          <span className="ml-auto text-meta text-muted">
            {command.asked_by === me ? "you" : command.asked_by_name}, <Ago iso={command.created_at} />
          </span>
        </p>
        <p className="text-meta break-words text-muted">{noteOf(command)}</p>
        {command.result?.export_bytes != null && <Downloads command={command} bytes={command.result.export_bytes} />}
      </div>
    </li>
  )
}

function Downloads({ command, bytes }: { command: SessionCommand; bytes: number }) {
  const api = useApi()
  const say = useToast()
  const save = async (format: FileFormat) => {
    try {
      const text = await commandExport(api, command, format)
      saveFile(`session-${command.session_id}.${format}`, FILE_TYPES[format], text)
    } catch (error) {
      say(sentence(error))
    }
  }
  return (
    <p className="mt-1 flex flex-wrap items-center gap-2">
      {(["md", "json"] as const).map((format) => (
        <Button key={format} onClick={() => void save(format)}>
          <Download aria-hidden size={14} strokeWidth={1.5} />
          {format === "md" ? "Markdown" : "JSON"}
        </Button>
      ))}
      <span className="text-meta text-muted">{compact(bytes)} bytes, kept for a day</span>
    </p>
  )
}

/** The server's words; of what went well, silence says enough. */
function noteOf(command: SessionCommand): string | null {
  return command.note === command.status ? null : command.note
}
