import { Link } from "@tanstack/react-router"
import { Users } from "lucide-react"

import { useUser } from "@/api/context"

import { buttonClasses } from "./button"
import { Empty } from "./notice"

/** Sessions belong to teams: who is in none has none to see. */
export function NoTeam() {
  const user = useUser()
  return (
    <Empty
      title="You are not in a team yet"
      icon={<Users aria-hidden size={24} strokeWidth={1.5} />}
      action={
        <Link to="/settings/team" className={buttonClasses("primary")}>
          Create a team
        </Link>
      }
    >
      Ask an admin of your team for an invitation to {user.email}, or make a team of your own. This page follows as soon as you are in one.
    </Empty>
  )
}
