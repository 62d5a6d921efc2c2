import { useQuery } from "@tanstack/react-query"
import { Link, useNavigate } from "@tanstack/react-router"
import { ChevronLeft, ChevronRight, type LucideIcon } from "lucide-react"

import { useApi } from "@/api/context"
import { sessionNeighbours } from "@/api/sessions"
import type { SessionReference } from "@/api/types"
import { buttonClasses } from "@/components/button"
import { classes } from "@/lib/classes"
import { useShortcuts } from "@/lib/keys"

/** The sessions before and after this one, in the order of what was last active. */
export function Neighbours({ id }: { id: string }) {
  const { data } = useQuery(sessionNeighbours(useApi(), id))
  const navigate = useNavigate()
  const go = (to: SessionReference | null | undefined) => to && void navigate({ to: "/sessions/$id", params: { id: to.id } })
  useShortcuts([
    { keys: "j", label: "Next session", run: () => go(data?.next) },
    { keys: "k", label: "Previous session", run: () => go(data?.previous) },
  ])
  return (
    <span className="flex shrink-0">
      <Way to={data?.previous} label="Previous session" icon={ChevronLeft} />
      <Way to={data?.next} label="Next session" icon={ChevronRight} />
    </span>
  )
}

function Way({ to, label, icon: Icon }: { to: SessionReference | null | undefined; label: string; icon: LucideIcon }) {
  const look = classes(buttonClasses("ghost", true), "w-7")
  if (!to) {
    return (
      <span aria-hidden className={classes(look, "opacity-40")}>
        <Icon size={16} strokeWidth={1.5} />
      </span>
    )
  }
  return (
    <Link to="/sessions/$id" params={{ id: to.id }} aria-label={label} data-tip={`${label}\n${to.title ?? `Session of ${to.username}`}`} className={look}>
      <Icon aria-hidden size={16} strokeWidth={1.5} />
    </Link>
  )
}
