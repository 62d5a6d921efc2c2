import { useQueryClient } from "@tanstack/react-query"
import { Navigate, Outlet, useRouterState } from "@tanstack/react-router"
import { useEffect, useRef, useSyncExternalStore, type RefObject } from "react"

import { useApi } from "@/api/context"
import { teamKeys } from "@/api/team"
import type { Team } from "@/api/types"
import { ROLES } from "@/components/roles"
import { useToast } from "@/components/toasts"

import { KeyHelp } from "./key-help"
import { useLive } from "./live"
import { NoticePush } from "./notice-push"
import { Palette } from "./palette"
import { Rail } from "./rail"
import { SlowdownNotice } from "./slowdown-notice"
import { Speaker } from "./speaker"
import { WaitingAlerts } from "./waiting-alerts"

/** The rail, the page, and the live connection that all pages share. */
export function Frame() {
  const { auth } = useApi()
  const state = useSyncExternalStore(auth.onState, auth.state)
  useNewsOfOneself()
  if (state.kind !== "signed-in") return <Navigate to="/sign-in" />
  // In another team nothing on the page is the same.
  return <SignedInFrame key={`${state.user.id} ${state.user.team_id ?? ""}`} />
}

/** Says why the page has just become another: somebody changed the person's role, or their place in a team. */
function useNewsOfOneself(): void {
  const { auth } = useApi()
  const queries = useQueryClient()
  const say = useToast()
  useEffect(
    () =>
      auth.onMoved((before, after) => {
        const team = queries.getQueryData<Team>(teamKeys.one(before.team_id ?? ""))?.name ?? "your team"
        if (before.team_id === null) say("You are in a team now")
        else if (before.team_id !== after.team_id) say(`You are no longer in ${team}`)
        else if (after.role) say(`You are now ${ROLES[after.role].one} of ${team}`)
      }),
    [auth, queries, say],
  )
}

function SignedInFrame() {
  useLive()
  const page = useRef<HTMLElement>(null)
  useFocusOnNavigation(page)
  return (
    <div className="flex h-full flex-col-reverse sm:flex-row">
      <a
        href="#page"
        className="fixed top-2 left-2 z-50 -translate-y-16 rounded-md bg-accent px-3 py-1.5 text-on-accent focus:translate-y-0"
      >
        Skip to the page
      </a>
      <Rail />
      <main id="page" ref={page} tabIndex={-1} data-scroller className="min-h-0 min-w-0 flex-1 overflow-y-auto focus-visible:outline-none">
        <Outlet />
      </main>
      <KeyHelp />
      <Palette />
      <Speaker />
      <WaitingAlerts />
      <NoticePush />
      <SlowdownNotice />
    </div>
  )
}

/**
 * A screen reader hears the new page: its heading's region takes the focus when the path changes, but never from a field
 * of it that the person is in already.
 */
function useFocusOnNavigation(page: RefObject<HTMLElement | null>): void {
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname })
  const last = useRef(path)
  useEffect(() => {
    const typing = document.activeElement?.matches("#page :is(input, textarea, select)") ?? false
    if (last.current !== undefined && last.current !== path && !typing) page.current?.focus({ preventScroll: true })
    last.current = path
  }, [path, page])
}
