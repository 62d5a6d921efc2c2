import { act, fireEvent, screen, waitFor, within } from "@testing-library/react"
import { describe, expect, it, onTestFinished, vi } from "vitest"

import { aSession, aTeamAtWork, aUser } from "@/testing/builders"
import { violations } from "@/testing/axe"
import { FakeServer } from "@/testing/fake-server"
import { renderApp } from "@/testing/render-app"

function serverWith(...sessions: ReturnType<typeof aSession>[]): FakeServer {
  const server = new FakeServer()
  for (const session of sessions) server.put(session)
  return server
}

const cards = () => screen.findAllByTestId("session-card")
const titles = async () => (await cards()).map((card) => within(card).getByRole("heading").textContent)

describe("cards", () => {
  it("show what a lead needs to know", async () => {
    renderApp("/", { server: serverWith(aSession({ id: "one", title: "Retry payments", status: "waiting", status_reason: "asks to run a command" })) })
    const [card] = await cards()
    expect(card).toHaveAttribute("data-session-id", "one")
    expect(card).toHaveAttribute("data-status", "waiting")
    for (const text of ["Needs you", "asks to run a command", "Retry payments", "anna", "sonnet-4-5", "harbour/shop-api", "main", "1.2 M", "≈ $1.23", "Healthy"]) {
      expect(card).toHaveTextContent(text)
    }
    expect(within(card!).getByRole("meter", { name: "Context in use" })).toHaveAttribute("aria-valuenow", "46")
  })

  it("say whom a colleague's session waits for, and what is private", async () => {
    const server = serverWith(
      aSession({ id: "bens", status: "waiting", user_id: "user-ben", username: "ben" }),
      aSession({ id: "mine", visibility: "private" }),
    )
    renderApp("/", { server })
    const [bens, mine] = await cards()
    expect(bens).toHaveTextContent("Needs ben")
    expect(mine).toHaveTextContent("only you")
  })

  it("show a dash for what is not known, and no zero", async () => {
    const tokens = { input: null, output: null, cache_read: null, cache_write: null, reasoning: null, total: null, context_used: null, context_window: null }
    renderApp("/", { server: serverWith(aSession({ tokens, cost_usd: null, health: null, provenance: "unknown" })) })
    const [card] = await cards()
    expect(card).toHaveTextContent("Health —")
    expect(card).toHaveTextContent("— tokens")
    expect(card).not.toHaveTextContent("$0")
  })

  it("change in place when the server says so", async () => {
    const { server } = renderApp("/", { server: serverWith(aSession({ id: "one" })) })
    await cards()
    act(() => void server.change("one", { cost_usd: 7.5, status: "error", status_reason: "the model could not be reached" }))
    const [card] = await cards()
    expect(card).toHaveTextContent("$7.50")
    expect(card).toHaveAttribute("data-status", "error")
  })

  it("draw only what is in sight of a thousand", async () => {
    renderApp("/", { server: serverWith(...aTeamAtWork(1_000)) })
    expect((await cards()).length).toBeLessThan(100)
    expect(screen.getByRole("list", { name: "Sessions" }).querySelector("li")).toHaveAttribute("aria-setsize", "1000")
  })

  it("have no fault that axe can find", async () => {
    renderApp("/", { server: serverWith(...aTeamAtWork(12)) })
    await cards()
    expect(await violations()).toEqual([])
  })
})

describe("nothing jumps", () => {
  it("offers a new session in a pill", async () => {
    const { server, user } = renderApp("/", { server: serverWith(aSession({ id: "one", title: "First" })) })
    await cards()
    // Somebody is at the page: it arranges itself only where nobody is.
    fireEvent.pointerEnter(screen.getByRole("list", { name: "Sessions" }))
    act(() => server.put(aSession({ id: "two", title: "Second", status: "waiting" })))
    const pill = await screen.findByRole("button", { name: "1 needs you · 1 new" })
    expect(await titles()).toEqual(["First"])
    await user.click(pill)
    expect(await titles()).toEqual(["Second", "First"])
  })

  it("keeps the place of a session that is made private by its owner, without its content", async () => {
    const bens = aSession({ id: "bens", title: "Secret plan", user_id: "user-ben", username: "ben" })
    const { server } = renderApp("/", { server: serverWith(bens, aSession({ title: "Mine" })) })
    await waitFor(async () => expect(await titles()).toContain("Secret plan"))
    act(() => void server.change("bens", { visibility: "private" }))
    expect(await screen.findByText("No longer visible")).toBeVisible()
    expect(screen.queryByText("Secret plan")).toBeNull()
  })
})

describe("filters", () => {
  const server = () => serverWith(
    aSession({ id: "a", title: "Alpha", tool: "codex", status: "idle", tags: ["backend"] }),
    aSession({ id: "b", title: "Beta", tool: "claude-code", user_id: "user-ben", username: "ben" }),
  )

  it("live in the URL", async () => {
    const { user, history } = renderApp("/", { server: server() })
    await cards()
    await user.click(screen.getByRole("button", { name: /^Idle/ }))
    expect(await titles()).toEqual(["Alpha"])
    expect(history.location.search).toBe("?status=idle")
    await user.click(screen.getByRole("button", { name: "Person" }))
    await user.click(await screen.findByRole("menuitemcheckbox", { name: /ben/ }))
    expect(history.location.search).toBe("?status=idle&user=user-ben")
    expect(await screen.findByText("No session matches this filter")).toBeVisible()
    await user.keyboard("{Escape}")
    await user.click(screen.getByRole("link", { name: "Clear the filter" }))
    expect(await titles()).toHaveLength(2)
  })

  it("are read from the URL", async () => {
    renderApp("/?tool=codex&tool=amp&view=list", { server: server() })
    expect(await titles()).toEqual(["Alpha"])
    expect(screen.getByRole("button", { name: /^Tool: Codex CLI, Amp/ })).toBeVisible()
  })

  it("pass over what the URL says wrongly", async () => {
    renderApp("/?status=asleep&view=wall", { server: server() })
    expect(await titles()).toHaveLength(2)
  })

  it("find text while it is typed", async () => {
    const { user, history } = renderApp("/", { server: server() })
    await cards()
    await user.keyboard("/bet")
    expect(screen.getByRole("searchbox")).toHaveFocus()
    await waitFor(async () => expect(await titles()).toEqual(["Beta"]))
    expect(history.location.search).toBe("?q=bet")
  })
})

describe("keyboard", () => {
  it("walks with j and k, opens with Enter, and comes back with Escape", async () => {
    const server = serverWith(aSession({ id: "a", title: "Alpha", status: "waiting" }), aSession({ id: "b", title: "Beta" }))
    const { user, history } = renderApp("/", { server })
    await cards()
    await user.keyboard("j")
    await waitFor(() => expect(screen.getByRole("link", { name: "Alpha" })).toHaveFocus())
    await user.keyboard("j")
    await waitFor(() => expect(screen.getByRole("link", { name: "Beta" })).toHaveFocus())
    await user.keyboard("k{Enter}")
    expect(await screen.findByRole("heading", { name: "Alpha", level: 1 })).toBeVisible()
    expect(history.location.pathname).toBe("/sessions/a")
    await user.keyboard("{Escape}")
    await waitFor(() => expect(history.location.pathname).toBe("/"))
  })

  it("goes to pages by g, and lists its keys by ?", async () => {
    const { user, history } = renderApp("/")
    await screen.findByRole("heading", { name: "Dashboard", level: 1 })
    // At once, whatever the machine is busy with: the two keys are one stroke only within a second or so.
    fireEvent.keyDown(document.body, { key: "g" })
    fireEvent.keyDown(document.body, { key: "s" })
    await waitFor(() => expect(history.location.pathname).toBe("/settings"))
    await user.keyboard("?")
    expect(await screen.findByRole("dialog", { name: "Keys" })).toHaveTextContent("Go to the dashboard")
  })
})

describe("nothing to show", () => {
  it("says that no machine is connected, and how to", async () => {
    renderApp("/")
    expect(await screen.findByText("No machine of yours is connected yet")).toBeVisible()
    expect(screen.getByRole("link", { name: "Connect a machine" })).toHaveAttribute("href", "/connect")
  })

  it("brings in what ended earlier when asked", async () => {
    const { server, user } = renderApp("/", { server: serverWith(aSession({ id: "now", title: "Now" })) })
    await cards()
    server.sessions.set("old", aSession({ id: "old", title: "Old", status: "ended", ended_at: "2026-01-02T00:00:00Z", last_activity_at: "2026-01-02T00:00:00Z" }))
    await user.click(screen.getByRole("button", { name: "Show earlier sessions" }))
    await waitFor(async () => expect(await titles()).toEqual(["Now", "Old"]))
    await waitFor(() => expect(screen.queryByRole("button", { name: "Show earlier sessions" })).toBeNull())
  })
})

describe("when not all is at hand", () => {
  it("asks the server to narrow what would not fit", async () => {
    const server = serverWith(aSession({ id: "a", title: "Alpha" }), aSession({ id: "b", title: "Beta" }), aSession({ id: "c", title: "Gamma", tool: "codex" }))
    server.most = 2
    renderApp("/?tool=codex", { server })
    await waitFor(async () => expect(await titles()).toEqual(["Gamma"]))
  })

  it("reads the sessions over HTTP when no socket can be had, and says that they are not live", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true })
    onTestFinished(() => void vi.useRealTimers())
    const server = serverWith(aSession({ id: "a", title: "Alpha" }))
    server.reachable = false
    renderApp("/", { server })
    await screen.findByRole("heading", { name: "Dashboard", level: 1 })
    await act(() => vi.advanceTimersByTimeAsync(11_000))
    expect(await titles()).toEqual(["Alpha"])
    expect(screen.getByTestId("live-indicator")).toHaveAttribute("data-state", "stale")
    expect(screen.getByRole("button", { name: "Retry" })).toBeVisible()
  })
})

describe("live indicator", () => {
  const state = () => screen.getByTestId("live-indicator").dataset.state

  it("tells live from reconnecting, and recovers what was missed", async () => {
    const { server } = renderApp("/", { server: serverWith(aSession({ id: "one" })) })
    await cards()
    expect(state()).toBe("live")
    server.reachable = false
    act(() => server.cutSockets())
    expect(state()).toBe("reconnecting")
    server.sessions.set("one", { ...server.sessions.get("one")!, version: 9, cost_usd: 42 })
    server.reachable = true
    await waitFor(() => expect(state()).toBe("live"), { timeout: 5_000 })
    expect((await cards())[0]).toHaveTextContent("$42.00")
  })
})

describe("somebody in no team", () => {
  it("is told so, asks the server for no sessions, and sees the team's as soon as somebody adds them", async () => {
    const server = new FakeServer({ user: aUser({ team_id: null, role: null }), password: "correct horse" })
    server.put(aSession({ title: "Retry payments", user_id: "user-ben", username: "ben" }))
    renderApp("/", { server })
    expect(await screen.findByRole("heading", { name: "You are not in a team yet" })).toBeVisible()
    await waitFor(() => expect(screen.getByTestId("live-indicator")).toHaveAttribute("data-state", "live"))
    expect(server.requests.filter((request) => request.includes("/api/sessions"))).toEqual([])
    act(() => server.become("anna@harbour.example", { team_id: "team-1", role: "member" }))
    expect(await screen.findByText("Retry payments")).toBeVisible()
  })
})
