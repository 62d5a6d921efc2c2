import { createMemoryHistory } from "@tanstack/react-router"
import { render } from "@testing-library/react"
import userEvent, { PointerEventsCheckLevel } from "@testing-library/user-event"
import { onTestFinished } from "vitest"

import { App } from "@/app/app"
import { compose } from "@/app/compose"
import { keptIn } from "@/lib/kept"
import { listenForKeys } from "@/lib/keys"

import { FakeServer } from "./fake-server"

/** The whole application on a fake server, at a path. With `signedIn` as after an earlier visit. */
export function renderApp(path = "/", { server = new FakeServer(), signedIn = true } = {}) {
  const storage = keptIn(() => window.sessionStorage)
  storage.removeItem("signed-in")
  if (signedIn) {
    server.remember()
    storage.setItem("signed-in", "1")
  }
  const composition = compose({ origin: "http://dashboard.test", fetch: server.fetch, openSocket: server.openSocket, storage })
  const history = createMemoryHistory({ initialEntries: [path] })
  onTestFinished(listenForKeys(document))
  // A layer lets the pointer through for the blink before its effects have run: in a test that blink is long enough to press in.
  const view = render(<App composition={composition} history={history} />)
  return { ...view, server, composition, history, user: userEvent.setup({ pointerEventsCheck: PointerEventsCheckLevel.Never }) }
}
