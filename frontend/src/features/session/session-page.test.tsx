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
  it("shows the session's real data", async () => {
    open()
    expect(await screen.findByRole("heading", { name: "Retry payments", level: 1 })).toBeVisible()
    expect(await section("Health")).toBeVisible()
    await waitFor(async () => expect(await section("Health")).toHaveTextContent("2 of 38 tool calls failed."))
    expect(await section("Tokens")).toHaveTextContent("1,234,567")
    await waitFor(async () => expect(await section("Files")).toHaveTextContent("retry.py"))
    expect(await section("Commits")).toHaveTextContent("Retry a payment that timed out, once")
    await waitFor(async () => expect(await section("Tools")).toHaveTextContent("2 failed"))
    expect(within(await section("Timeline")).getAllByRole("listitem").length).toBe(50)
    expect(await violations()).toEqual([])
  })

  it("shows earlier steps and steps of one kind", async () => {
    const { user } = open()
    const timeline = await section("Timeline")
    await user.click(await within(timeline).findByRole("button", { name: "Show earlier" }))
    await waitFor(() => expect(within(timeline).getAllByRole("listitem").length).toBe(70))
    await user.click(within(timeline).getByRole("button", { name: "Commits" }))
    await waitFor(() => expect(within(timeline).getAllByRole("listitem").length).toBe(7))
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

  it("does not tell a private session from none", async () => {
    const server = new FakeServer()
    server.put(aSession({ id: "bens", user_id: "user-ben", visibility: "private" }))
    renderApp("/sessions/bens", { server })
    expect(await screen.findByText("There is no session here that you may see")).toBeVisible()
  })
})

describe("sharing", () => {
  it("shows it to the team, and takes it back by undo", async () => {
    const { user, server } = open({ visibility: "private" })
    await user.click(await screen.findByRole("button", { name: "Share with team" }))
    expect(await screen.findByText("Shared with the team")).toBeVisible()
    expect(server.sessions.get("one")?.visibility).toBe("team")
    await user.click(screen.getByRole("button", { name: "Undo" }))
    await waitFor(() => expect(server.sessions.get("one")?.visibility).toBe("private"))
    expect(await screen.findByRole("button", { name: "Share with team" })).toBeVisible()
  })

  it("is the owner's alone", async () => {
    open({ user_id: "user-ben", username: "ben" })
    await screen.findByRole("heading", { name: "Retry payments", level: 1 })
    expect(screen.queryByRole("button", { name: /Share with team|Make private/ })).toBeNull()
  })
})

describe("title, tags and note", () => {
  it("are edited in place, and taken back by undo", async () => {
    const { user, server } = open({ tags: ["backend"] })
    await user.click(await screen.findByRole("button", { name: "Edit title, tags and note" }))
    const title = screen.getByLabelText("Title")
    await user.clear(title)
    await user.type(title, "Retry once")
    await user.type(screen.getByLabelText("Tags"), ", urgent")
    await user.type(screen.getByLabelText("Note"), "Ask Ben")
    expect(await violations()).toEqual([])
    await user.click(screen.getByRole("button", { name: "Save" }))
    expect(await screen.findByRole("heading", { name: "Retry once", level: 1 })).toBeVisible()
    expect(server.sessions.get("one")).toMatchObject({ tags: ["backend", "urgent"], note: "Ask Ben" })
    await user.click(screen.getByRole("button", { name: "Undo" }))
    await waitFor(() => expect(server.sessions.get("one")).toMatchObject({ title: "Retry payments", tags: ["backend"], note: null }))
  })

  it("are saved although the session has moved on", async () => {
    const { user, server } = open()
    await user.click(await screen.findByRole("button", { name: "Edit title, tags and note" }))
    act(() => void server.change("one", { cost_usd: 99 }))
    await user.type(screen.getByLabelText("Note"), "Ask Ben")
    await user.click(screen.getByRole("button", { name: "Save" }))
    await waitFor(() => expect(server.sessions.get("one")?.note).toBe("Ask Ben"))
  })

  it("are not written over what somebody else wrote", async () => {
    const { user, server } = open()
    await user.click(await screen.findByRole("button", { name: "Edit title, tags and note" }))
    act(() => void server.change("one", { note: "From Ben" }))
    await user.type(screen.getByLabelText("Note"), "From Anna")
    await user.click(screen.getByRole("button", { name: "Save" }))
    expect(await screen.findByRole("alert")).toHaveTextContent("From Ben")
    expect(server.sessions.get("one")?.note).toBe("From Ben")
    await user.click(screen.getByRole("button", { name: "Save mine" }))
    await waitFor(() => expect(server.sessions.get("one")?.note).toBe("From Anna"))
  })

  it("are the owner's and the admins' to edit", async () => {
    open({ user_id: "user-ben", username: "ben", note: "From Ben" })
    expect(await screen.findByText("From Ben")).toBeVisible()
    expect(screen.queryByRole("button", { name: "Edit title, tags and note" })).toBeNull()
  })
})
