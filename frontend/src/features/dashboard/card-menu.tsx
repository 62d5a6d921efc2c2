import { useNavigate, useRouter } from "@tanstack/react-router"
import { ExternalLink, Link2, Lock, MoreHorizontal, Pin, PinOff, Trash2, User, Users } from "lucide-react"

import { useUser } from "@/api/context"
import type { Session } from "@/api/types"
import { Menu, MenuContent, MenuItem, MenuLine, MenuTrigger } from "@/components/menu"
import { mayDelete, useDeleting } from "@/components/session/deleting"
import { useSharing } from "@/components/session/sharing"
import { useToast } from "@/components/toasts"

import { usePins } from "./pins"

const ICON = { "aria-hidden": true, size: 16, strokeWidth: 1.5 } as const

export function CardMenu({ session, me }: { session: Session; me: string }) {
  return (
    <Menu>
      <MenuTrigger
        aria-label="Session menu"
        className="relative z-10 inline-flex size-6 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-text"
      >
        <MoreHorizontal {...ICON} />
      </MenuTrigger>
      <MenuContent>
        <Items session={session} me={me} />
      </MenuContent>
    </Menu>
  )
}

/** Drawn only while the menu is open: a thousand closed menus cost nothing. */
function Items({ session, me }: { session: Session; me: string }) {
  const router = useRouter()
  const navigate = useNavigate()
  const say = useToast()
  const user = useUser()
  const sharing = useSharing(session, user)
  const remove = useDeleting()
  const { pinned, toggle } = usePins()
  const copyLink = async () => {
    const { href } = router.buildLocation({ to: "/sessions/$id", params: { id: session.id } })
    await navigator.clipboard.writeText(window.location.origin + href)
    say("Link copied")
  }
  return (
    <>
      <MenuItem icon={<ExternalLink {...ICON} />} onSelect={() => void navigate({ to: "/sessions/$id", params: { id: session.id } })}>
        Open
      </MenuItem>
      <MenuItem icon={<Link2 {...ICON} />} onSelect={() => void copyLink()}>
        Copy link
      </MenuItem>
      <MenuItem icon={pinned.has(session.id) ? <PinOff {...ICON} /> : <Pin {...ICON} />} onSelect={() => toggle(session.id)}>
        {pinned.has(session.id) ? "Take the pin away" : "Pin on top"}
      </MenuItem>
      <MenuItem icon={<User {...ICON} />} onSelect={() => void navigate({ to: "/", search: { user: [session.user_id] } })}>
        Show only {session.user_id === me ? "mine" : session.username}
      </MenuItem>
      {(sharing.canShare || sharing.canHide) && <MenuLine />}
      {sharing.canShare && (
        <MenuItem icon={<Users {...ICON} />} onSelect={() => sharing.set("team")}>
          Share with team
        </MenuItem>
      )}
      {sharing.canHide && (
        <MenuItem icon={<Lock {...ICON} />} onSelect={() => sharing.set("private")}>
          Make private
        </MenuItem>
      )}
      {mayDelete(session, user) && (
        <>
          <MenuLine />
          <MenuItem danger icon={<Trash2 {...ICON} />} onSelect={() => remove(session)}>
            Delete session
          </MenuItem>
        </>
      )}
    </>
  )
}
