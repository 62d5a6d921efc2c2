import { Navigate, useNavigate } from "@tanstack/react-router"
import { useSyncExternalStore } from "react"

import { useApi } from "@/api/context"
import { WallPage } from "@/features/dashboard/wall-page"
import { useShortcuts } from "@/lib/keys"

import { useLive } from "./live"

/** A page for a screen on the wall: the live connection, and nothing around it. */
export function WallFrame() {
  const { auth } = useApi()
  const state = useSyncExternalStore(auth.onState, auth.state)
  if (state.kind !== "signed-in") return <Navigate to="/sign-in" />
  return <Wall key={`${state.user.id} ${state.user.team_id ?? ""}`} />
}

function Wall() {
  useLive()
  const navigate = useNavigate()
  useShortcuts([{ keys: "Escape", label: "Leave the wall", run: () => void navigate({ to: "/" }) }])
  return (
    <main className="h-full">
      <WallPage />
    </main>
  )
}
