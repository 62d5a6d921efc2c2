import { useNavigate } from "@tanstack/react-router"
import { Braces, Download, FileText, Laptop, Lock, MoreHorizontal, Pencil, Power, RefreshCw, Tag, Trash2, Users } from "lucide-react"
import { useState, type ReactNode } from "react"

import { useApi } from "@/api/context"
import { sessionExport, type FileFormat } from "@/api/sessions"
import type { CommandKind, Session, User } from "@/api/types"
import { Button, buttonClasses } from "@/components/button"
import { Dialog } from "@/components/dialog"
import { Menu, MenuContent, MenuItem, MenuLine, MenuTrigger } from "@/components/menu"
import { sentence } from "@/components/form"
import { mayDelete, useDeleting } from "@/components/session/deleting"
import { useSharing } from "@/components/session/sharing"
import { useToast } from "@/components/toasts"

import { useCommands, type Command } from "@/lib/commands"
import { FILE_TYPES, saveFile } from "@/lib/save-file"

import { AboutForm, type AboutField } from "./about-form"
import { COMMANDS } from "./command-rules"
import type { Commanding } from "./commanding"

const ICON = { "aria-hidden": true, size: 16, strokeWidth: 1.5 } as const

interface ActionsProps {
  session: Session
  user: User
  commanding: Commanding
}

/** What this person may do with the session; what they may not says why. */
export function SessionActions({ session, user, commanding }: ActionsProps) {
  const sharing = useSharing(session, user)
  return (
    <div className="flex flex-wrap justify-end gap-2">
      {sharing.canShare && (
        <Button look="primary" busy={sharing.busy} onClick={() => sharing.set("team")}>
          <Users {...ICON} />
          Share with team
        </Button>
      )}
      {sharing.canHide && (
        <Button busy={sharing.busy} onClick={() => sharing.set("private")}>
          <Lock {...ICON} />
          Make private
        </Button>
      )}
      <ExportMenu session={session} commanding={commanding} />
      <Button look="danger" data-tip={COMMANDS.close.meaning} because={commanding.objection("close")} busy={commanding.busy} onClick={() => commanding.ask("close")}>
        <Power {...ICON} />
        <span className="max-sm:sr-only">Close session</span>
      </Button>
      <More session={session} user={user} commanding={commanding} />
    </div>
  )
}

function ExportMenu({ session, commanding }: { session: Session; commanding: Commanding }) {
  const api = useApi()
  const say = useToast()
  const save = async (format: FileFormat) => {
    try {
      saveFile(`session-${session.id}.${format}`, FILE_TYPES[format], await sessionExport(api, session.id, format))
    } catch (error) {
      say(sentence(error))
    }
  }
  return (
    <Menu>
      <MenuTrigger className={buttonClasses()}>
        <Download {...ICON} />
        <span className="max-sm:sr-only">Export</span>
      </MenuTrigger>
      <MenuContent>
        <MenuItem icon={<FileText {...ICON} />} onSelect={() => void save("md")}>
          Markdown
        </MenuItem>
        <MenuItem icon={<Braces {...ICON} />} onSelect={() => void save("json")}>
          JSON
        </MenuItem>
        <MenuLine />
        <CommandItem kind="export" icon={<Laptop {...ICON} />} label="Fetch from its machine" commanding={commanding} />
      </MenuContent>
    </Menu>
  )
}

function More({ session, user, commanding }: ActionsProps) {
  const [editing, setEditing] = useState<AboutField | null>(null)
  const navigate = useNavigate()
  const deleting = useDeleting()
  const remove = () => {
    deleting(session)
    void navigate({ to: "/" })
  }
  useActionCommands({ session, user, commanding }, setEditing, remove)
  return (
    <>
      <Menu>
        <MenuTrigger aria-label="More actions" className={buttonClasses("secondary", true)}>
          <MoreHorizontal {...ICON} />
        </MenuTrigger>
        <MenuContent>
          <CommandItem kind="refresh" icon={<RefreshCw {...ICON} />} label="Refresh from its machine" commanding={commanding} />
          {mayDelete(session, user) && (
            <>
              <MenuLine />
              <MenuItem icon={<Pencil {...ICON} />} onSelect={() => setEditing("title")}>
                Rename
              </MenuItem>
              <MenuItem icon={<Tag {...ICON} />} onSelect={() => setEditing("tags")}>
                Edit tags
              </MenuItem>
              <MenuLine />
              <MenuItem
                danger
                icon={<Trash2 {...ICON} />}
                onSelect={remove}
              >
                Delete session
              </MenuItem>
            </>
          )}
        </MenuContent>
      </Menu>
      <Dialog open={editing !== null} onOpenChange={(open) => !open && setEditing(null)} title="Title, tags and note">
        {editing !== null && <AboutForm session={session} focus={editing} onDone={() => setEditing(null)} />}
      </Dialog>
    </>
  )
}

/** The same by name, for the palette; what may not be done is not found there. */
function useActionCommands({ session, user, commanding }: ActionsProps, edit: (field: AboutField) => void, remove: () => void): void {
  const sharing = useSharing(session, user)
  const note = "This session"
  const ask = (kind: CommandKind, label: string): Command[] => (commanding.objection(kind) === null ? [{ label, note, run: () => commanding.ask(kind) }] : [])
  useCommands([
    ...(sharing.canShare ? [{ label: "Share with team", note, run: () => sharing.set("team") }] : []),
    ...(sharing.canHide ? [{ label: "Make private", note, run: () => sharing.set("private") }] : []),
    ...ask("refresh", "Refresh from its machine"),
    ...ask("export", "Fetch an export from its machine"),
    ...ask("close", "Close session"),
    ...(mayDelete(session, user)
      ? [
          { label: "Rename", note, run: () => edit("title") },
          { label: "Edit tags", note, run: () => edit("tags") },
          { label: "Delete session", note, run: remove },
        ]
      : []),
  ])
}

interface CommandItemProps {
  kind: "export" | "refresh"
  label: string
  icon: ReactNode
  commanding: Commanding
}

/** What cannot be asked now stands there with its reason. */
function CommandItem({ kind, label, icon, commanding }: CommandItemProps) {
  const objection = commanding.objection(kind)
  return (
    <MenuItem icon={icon} because={objection} data-tip={objection === null ? COMMANDS[kind].meaning : undefined} onSelect={() => commanding.ask(kind)}>
      {label}
    </MenuItem>
  )
}
