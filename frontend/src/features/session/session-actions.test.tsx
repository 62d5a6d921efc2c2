import { act, screen, waitFor, within } from "@testing-library/react"
import { describe, expect, it } from "vitest"

import { violations } from "@/testing/axe"
import { aSession } from "@/testing/builders"
import { FakeServer } from "@/testing/fake-server"
import { renderApp } from "@/testing/render-app"

function open(part: Parameters<typeof aSession>[0] = {}) {
  const server = new FakeServer()
  server.put(aSession({ id: "one", title: "Retry payments", ...part }))
  return renderApp("/sessions/one", { server })
}

describe("sharing", () => {
  it("shows it to the team, and takes it back by undo", async () => {
    const { user, server } = open({ visibility: "private" })
    await user.click(await screen.findByRole("button", { name: "Share with team" }))
    expect(await screen.findByText("Shared with the team")).toBeVisible()
    expect(server.sessions.get("one")?.visibility).toBe("team")
    await user.click(await screen.findByRole("button", { name: "Undo" }))
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
    await user.click(await screen.findByRole("button", { name: "Undo" }))
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

describe("deleting", () => {
  async function remove(user: ReturnType<typeof open>["user"]) {
    await user.click(await screen.findByRole("button", { name: "More actions" }))
    await user.click(await screen.findByRole("menuitem", { name: "Delete session" }))
  }

  it("leaves the page at once, and is taken back by undo", async () => {
    const { user, server, history } = open()
    await remove(user)
    await waitFor(() => expect(history.location.pathname).toBe("/"))
    expect(await screen.findByText("“Retry payments” is deleted")).toBeVisible()
    expect(screen.queryByTestId("session-card")).toBeNull()
    await user.click(await screen.findByRole("button", { name: "Undo" }))
    expect(await screen.findByTestId("session-card")).toHaveTextContent("Retry payments")
    expect(server.sessions.has("one")).toBe(true)
    expect(server.requests).not.toContain("DELETE /api/sessions/one")
    await user.click(screen.getByRole("link", { name: "Retry payments" }))
    await remove(user)
    await user.click(await screen.findByRole("button", { name: "Dismiss" }))
    await waitFor(() => expect(server.sessions.has("one")).toBe(false))
  })

  it("is for good when its message goes", async () => {
    const { user, server } = open()
    await remove(user)
    await user.click(await screen.findByRole("button", { name: "Dismiss" }))
    await waitFor(() => expect(server.sessions.has("one")).toBe(false))
  })

  it("is for good when the page is left", async () => {
    const { user, server } = open()
    await remove(user)
    await screen.findByText("“Retry payments” is deleted")
    window.dispatchEvent(new PageTransitionEvent("pagehide"))
    await waitFor(() => expect(server.sessions.has("one")).toBe(false))
  })

  it("brings the session back when the server refuses", async () => {
    const { user, server } = open()
    await remove(user)
    server.failing.set("/api/sessions/one", 503)
    await user.click(await screen.findByRole("button", { name: "Dismiss" }))
    expect(await screen.findByText(/^The session was not deleted/)).toBeVisible()
    expect(await screen.findByTestId("session-card")).toHaveTextContent("Retry payments")
  })

  it("is the owner's and the admins' alone", async () => {
    const { user } = open({ user_id: "user-ben", username: "ben" })
    await screen.findByRole("heading", { name: "Retry payments", level: 1 })
    await user.click(screen.getByRole("button", { name: "More actions" }))
    await screen.findByRole("menuitem", { name: /^Refresh/ })
    expect(screen.queryByRole("menuitem", { name: "Delete session" })).toBeNull()
  })
})

it("is exported as Markdown and as JSON", async () => {
  const { user, server } = open()
  const saved: string[] = []
  URL.createObjectURL = (blob) => `blob:${saved.push((blob as Blob).type)}`
  URL.revokeObjectURL = () => undefined
  for (const name of ["Markdown", "JSON"]) {
    await user.click(await screen.findByRole("button", { name: "Export" }))
    await user.click(await screen.findByRole("menuitem", { name }))
  }
  await waitFor(() => expect(saved).toEqual(["text/markdown", "application/json"]))
  expect(server.requests.filter((one) => one.endsWith("/one/export"))).toHaveLength(2)
})

it("says who can see it", async () => {
  const { user } = open()
  await user.click(await screen.findByTestId("visibility"))
  expect(await screen.findByRole("dialog", { name: "Who can see this" })).toHaveTextContent("Everybody in Harbour, viewers included")
})

it("is renamed from its menu", async () => {
  const { user, server } = open()
  await user.click(await screen.findByRole("button", { name: "More actions" }))
  await user.click(await screen.findByRole("menuitem", { name: "Rename" }))
  const dialog = within(await screen.findByRole("dialog"))
  const title = await dialog.findByLabelText("Title")
  await waitFor(() => expect(title).toHaveFocus())
  await user.clear(title)
  await user.type(title, "Retry once")
  await user.click(dialog.getByRole("button", { name: "Save" }))
  await waitFor(() => expect(server.sessions.get("one")?.title).toBe("Retry once"))
  expect(await screen.findByRole("heading", { name: "Retry once", level: 1 })).toBeVisible()
})
