import { act, screen, waitFor, within } from "@testing-library/react"
import { describe, expect, it } from "vitest"

import { violations } from "@/testing/axe"
import { aSession } from "@/testing/builders"
import { FakeServer } from "@/testing/fake-server"
import { renderApp } from "@/testing/render-app"

function open(part: Parameters<typeof aSession>[0] = {}) {
  const server = new FakeServer()
  server.put(aSession({ id: "one", title: "Retry payments", errors: 2, commits: 2, ...part }))
  return renderApp("/sessions/one", { server })
}

const section = (name: string) => screen.findByRole("region", { name })

describe("a session's page", () => {
  it("shows the session's real data in its seven parts", async () => {
    open()
    expect(await screen.findByRole("heading", { name: "Retry payments", level: 1 })).toBeVisible()
    expect(screen.getByTestId("session-header")).toHaveTextContent("harbour/shop-api")
    await waitFor(async () => expect(await section("Health")).toHaveTextContent("2 of 38 tool calls failed."))
    expect(await section("Tokens")).toHaveTextContent("1,234,567")
    await waitFor(async () => expect(await section("Files")).toHaveTextContent("retry.py"))
    await waitFor(async () => expect(await section("Commits")).toHaveTextContent("Retry a payment that timed out, once"))
    await waitFor(async () => expect(await section("Memory")).toHaveTextContent("CLAUDE.md"))
    await waitFor(async () => expect(await section("Tools")).toHaveTextContent("2 failed"))
    expect(await section("Details")).toHaveTextContent("Numbers and names (metadata)")
    expect(await section("Cost")).toHaveTextContent("$1.234567")
    expect(within(await section("Timeline")).getAllByRole("listitem").length).toBeGreaterThan(10)
    expect(await violations()).toEqual([])
  })

  it("shows token use as a table too", async () => {
    const { user } = open()
    await user.click(await screen.findByRole("button", { name: "View as table" }))
    expect(await screen.findByRole("table", { name: "Token use over time" })).toBeVisible()
  })

  it("moves with the session", async () => {
    const { server } = open()
    await screen.findByRole("heading", { name: "Retry payments", level: 1 })
    await waitFor(() => expect(screen.getByTestId("live-indicator")).toHaveAttribute("data-state", "live"))
    act(() => void server.change("one", { cost_usd: 99, status: "waiting" }))
    expect(await screen.findByText("≈ $99.00")).toBeVisible()
    expect(screen.getByTestId("session-header")).toHaveAttribute("data-status", "waiting")
  })

  it("keeps the rest when one part fails, and says what to report", async () => {
    const server = new FakeServer()
    server.put(aSession({ id: "one", title: "Retry payments" }))
    server.failing.set("/api/sessions/one/files", 404)
    const { user } = renderApp("/sessions/one", { server })
    const files = await section("Files")
    expect(await within(files).findByText("c0ffee-4242")).toBeVisible()
    expect(await section("Tokens")).toHaveTextContent("1,234,567")
    server.failing.clear()
    await user.click(within(files).getByRole("button", { name: "Try again" }))
    expect(await within(files).findByText("4 files")).toBeVisible()
  })

  it("says what its machine keeps to itself", async () => {
    open({ tier: "counts", title: null, repository: null, branch: null, project: null, hostname: "anna-mbp" })
    await waitFor(async () => expect(await section("Files")).toHaveTextContent("Paths stay on anna-mbp: it reports numbers only"))
    await waitFor(async () => expect(await section("Commits")).toHaveTextContent("Subjects and branches of commits stay on anna-mbp"))
    await waitFor(async () => expect(await section("Memory")).toHaveTextContent("Names of instruction files stay on anna-mbp"))
    expect(await section("Timeline")).toHaveTextContent("What was said stays on anna-mbp")
    expect(await section("Details")).toHaveTextContent("Numbers only (counts)")
  })

  it("shows nothing any more of what its owner takes back, and all of it when it is shared again", async () => {
    const { server } = open({ user_id: "user-ben", username: "ben" })
    await screen.findByRole("heading", { name: "Retry payments", level: 1 })
    await waitFor(() => expect(screen.getByTestId("live-indicator")).toHaveAttribute("data-state", "live"))
    act(() => void server.change("one", { visibility: "private" }))
    expect(await screen.findByText("There is no session here that you may see")).toBeVisible()
    expect(screen.queryByText("Retry payments")).toBeNull()
    act(() => void server.change("one", { visibility: "team" }))
    expect(await screen.findByRole("heading", { name: "Retry payments", level: 1 })).toBeVisible()
  })

  it("does not tell a private session from none", async () => {
    const server = new FakeServer()
    server.put(aSession({ id: "bens", user_id: "user-ben", visibility: "private" }))
    renderApp("/sessions/bens", { server })
    expect(await screen.findByText("There is no session here that you may see")).toBeVisible()
  })
})

describe("the timeline", () => {
  const steps = async () => within(await section("Timeline")).getAllByRole("listitem")

  it("shows some kinds, and keeps them in the address", async () => {
    const { user, history } = open()
    const timeline = await section("Timeline")
    await user.click(await within(timeline).findByRole("button", { name: "Commits" }))
    await waitFor(async () => expect(await steps()).toHaveLength(26))
    expect(history.location.search).toBe("?kind=commit")
    await user.click(within(timeline).getByRole("button", { name: "Compactions" }))
    await waitFor(() => expect(history.location.search).toBe("?kind=commit&kind=compaction"))
    await waitFor(async () => expect((await steps())[0]).toHaveTextContent("Commit"))
    await user.click(within(timeline).getByRole("button", { name: "All" }))
    expect(history.location.search).toBe("")
  })

  it("shows one lane", async () => {
    const { user } = open()
    const timeline = await section("Timeline")
    await user.click(await within(timeline).findByRole("button", { name: "Review" }))
    await waitFor(async () => expect(await steps()).toHaveLength(6))
    for (const step of await steps()) expect(step).toHaveTextContent("in sub-agent Review")
  })

  it("leads to a step far back from its address, and from the factor that comes from it", async () => {
    const server = new FakeServer()
    server.put(aSession({ id: "one", title: "Retry payments", tool_calls: 38 }))
    const { user, history } = renderApp("/sessions/one?event=event-1", { server })
    await waitFor(async () => expect((await steps()).find((step) => within(step).queryByRole("link", { current: "true" }) ?? step.querySelector("[aria-current]"))).toHaveTextContent("Bash"))
    await user.click(await within(await section("Health")).findByRole("link", { name: /last failed model call/ }))
    expect(history.location.search).toBe("?event=event-207")
    await waitFor(() => expect(server.requests.filter((one) => one.endsWith("/history")).length).toBeGreaterThan(2))
  })

  it("says when the step of the address is not there", async () => {
    const server = new FakeServer()
    server.put(aSession({ id: "one" }))
    renderApp("/sessions/one?event=gone", { server })
    expect(await screen.findByText("The step in the address is not in this timeline.")).toBeVisible()
  })
})

describe("commits", () => {
  it("lead to where a pull request says that the repository lives", async () => {
    open()
    const commits = await section("Commits")
    const link = await within(commits).findByRole("link", { name: "9f3c2a0" })
    expect(link).toHaveAttribute("href", "https://github.com/harbour/shop-api/commit/9f3c2a07d41b8e05c6f1a2b3c4d5e6f708192a3")
    expect(link).toHaveAttribute("rel", "noreferrer noopener")
  })

  it("lead nowhere when no host is known", async () => {
    open({ commits: 1 })
    const commits = await section("Commits")
    expect(await within(commits).findByText("9f3c2a0")).toBeVisible()
    expect(within(commits).queryByRole("link")).toBeNull()
  })
})

it("leads to the sessions before and after it", async () => {
  const server = new FakeServer()
  for (const id of ["a", "b", "c"]) server.put(aSession({ id, title: `Session ${id}` }))
  const { user, history } = renderApp("/sessions/b", { server })
  expect(await screen.findByRole("link", { name: "Next session" })).toHaveAttribute("href", "/sessions/c")
  await user.click(screen.getByRole("link", { name: "Previous session" }))
  expect(await screen.findByRole("heading", { name: "Session a", level: 1 })).toBeVisible()
  expect(screen.queryByRole("link", { name: "Previous session" })).toBeNull()
  await waitFor(() => expect(screen.getByRole("link", { name: "Next session" })).toHaveAttribute("href", "/sessions/b"))
  await user.keyboard("j")
  await waitFor(() => expect(history.location.pathname).toBe("/sessions/b"))
})
