import { QueryClientProvider } from "@tanstack/react-query"
import { RouterProvider, type RouterHistory } from "@tanstack/react-router"
import { useCallback, useEffect, useState, useSyncExternalStore } from "react"

import { ApiContext } from "@/api/context"
import { isTooMany } from "@/api/slowdown"
import { Failure } from "@/components/notice"
import { Tips } from "@/components/tips"
import { Toasts } from "@/components/toasts"

import type { Composition } from "./compose"
import { buildRouter } from "./router"
import { Splash } from "./splash"

/** The application: finds out who is there, then draws the page of the URL. */
export function App({ composition, history }: { composition: Composition; history?: RouterHistory }) {
  const { api, queries } = composition
  const [router] = useState(() => buildRouter(api, history))
  const { kind } = useSyncExternalStore(api.auth.onState, api.auth.state)
  const [failure, setFailure] = useState<unknown>(null)
  const restore = useCallback(() => {
    api.auth.restore().catch(setFailure)
  }, [api])
  useEffect(restore, [restore])
  useEffect(() => {
    if (kind === "signed-out") void router.invalidate()
  }, [kind, router])

  const again = useCallback(() => {
    setFailure(null)
    restore()
  }, [restore])
  const wait = isTooMany(failure) ? failure.retryAfterS : null
  useEffect(() => {
    if (wait === null) return
    const timer = setTimeout(again, wait * 1_000)
    return () => clearTimeout(timer)
  }, [again, wait])

  if (kind === "unknown") {
    return (
      <Splash>
        {failure !== null && (
          <Failure title={isTooMany(failure) ? "The dashboard asks to wait" : "The dashboard cannot be reached"} error={failure} retry={again} />
        )}
      </Splash>
    )
  }
  return (
    <ApiContext value={api}>
      <QueryClientProvider client={queries}>
        <Toasts>
          <RouterProvider router={router} />
        </Toasts>
        <Tips />
      </QueryClientProvider>
    </ApiContext>
  )
}
