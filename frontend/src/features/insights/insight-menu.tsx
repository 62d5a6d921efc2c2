import { Archive, CircleCheck, CircleDashed, Lightbulb, Link2, MoreHorizontal, Pencil, Trash2 } from "lucide-react"
import { useState } from "react"

import type { Insight, User } from "@/api/types"
import { buttonClasses } from "@/components/button"
import { mayDecide, mayEdit, useDeciding, useDeletingInsight } from "@/components/insight/actions"
import { Menu, MenuContent, MenuItem, MenuLine, MenuTrigger } from "@/components/menu"
import { useToast } from "@/components/toasts"

import { EditInsight } from "./edit-insight"

const ICON = { "aria-hidden": true, size: 16, strokeWidth: 1.5 } as const

interface InsightMenuProps {
  insight: Insight
  user: User
  /** After it was deleted from its own page. */
  onDeleted?: () => void
}

/** What this person may do with it; what they may not is not there. */
export function InsightMenu({ insight, user, onDeleted }: InsightMenuProps) {
  const [editing, setEditing] = useState(false)
  const { move, learn } = useDeciding(insight)
  const deleting = useDeletingInsight()
  const say = useToast()
  const copy = async () => {
    await navigator.clipboard.writeText(`${window.location.origin}/insights/${insight.id}`)
    say("The link is copied")
  }
  const remove = () => {
    deleting(insight)
    onDeleted?.()
  }
  const { state, type, origin } = insight
  return (
    <>
      <Menu>
        <MenuTrigger aria-label={`Actions on ${insight.title}`} className={buttonClasses("ghost", true)}>
          <MoreHorizontal {...ICON} />
        </MenuTrigger>
        <MenuContent label="Actions">
          <MenuItem icon={<Link2 {...ICON} />} onSelect={() => void copy()}>
            Copy link
          </MenuItem>
          {mayDecide(insight, user) && (
            <>
              <MenuLine />
              {state !== "accepted" && (
                <MenuItem icon={<CircleCheck {...ICON} />} onSelect={() => move("accepted")}>
                  Accept
                </MenuItem>
              )}
              {state !== "proposed" && (
                <MenuItem icon={<CircleDashed {...ICON} />} onSelect={() => move("proposed")}>
                  Propose again
                </MenuItem>
              )}
              {state !== "retired" && (
                <MenuItem icon={<Archive {...ICON} />} onSelect={() => move("retired")}>
                  {origin === "detected" ? "Dismiss" : "Retire"}
                </MenuItem>
              )}
              {origin === "detected" && type !== "learning" && (
                <MenuItem icon={<Lightbulb {...ICON} />} onSelect={learn}>
                  Turn into a learning
                </MenuItem>
              )}
            </>
          )}
          {mayEdit(insight, user) && (
            <>
              <MenuLine />
              <MenuItem icon={<Pencil {...ICON} />} onSelect={() => setEditing(true)}>
                Edit
              </MenuItem>
              <MenuItem danger icon={<Trash2 {...ICON} />} onSelect={remove}>
                Delete
              </MenuItem>
            </>
          )}
        </MenuContent>
      </Menu>
      <EditInsight insight={insight} open={editing} onOpenChange={setEditing} />
    </>
  )
}
