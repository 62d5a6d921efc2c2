import { Navigate, Outlet, useRouterState } from "@tanstack/react-router"
import { useEffect, useRef, useSyncExternalStore, type RefObject } from "react"

import { homeChannel, useApi, useUser } from "@/api/context"

import { KeyHelp } from "./key-help"
import { Palette } from "./palette"
import { Rail } from "./rail"
import { Speaker } from "./speaker"

/** The rail, the page, and the live connection that all pages share. */
export function Frame() {
  const { auth } = useApi()
  const { kind } = useSyncExternalStore(auth.onState, auth.state)
  return kind === "signed-in" ? <SignedInFrame /> : <Navigate to="/sign-in" />
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
    </div>
  )
}

/** The socket lives as long as somebody is signed in, whatever page is open. */
function useLive(): void {
  const { live } = useApi()
  const channel = homeChannel(useUser())
  useEffect(() => {
    live.subscribe(channel)
    live.start()
    const back = () => !document.hidden && live.retry()
    window.addEventListener("online", back)
    document.addEventListener("visibilitychange", back)
    return () => {
      window.removeEventListener("online", back)
      document.removeEventListener("visibilitychange", back)
      live.stop()
    }
  }, [live, channel])
}

/** A screen reader hears the new page: its heading's region takes the focus when the path changes. */
function useFocusOnNavigation(page: RefObject<HTMLElement | null>): void {
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname })
  const last = useRef(path)
  useEffect(() => {
    if (last.current !== undefined && last.current !== path) page.current?.focus({ preventScroll: true })
    last.current = path
  }, [path, page])
}
