import { act, screen, waitFor, within } from "@testing-library/react"
import { describe, expect, it } from "vitest"

import { violations } from "@/testing/axe"
import { aUser } from "@/testing/builders"
import { FakeServer } from "@/testing/fake-server"
import { anInsight } from "@/testing/insight-facts"
import { aNotice, anAlert, someAlerts, someNotices } from "@/testing/notice-facts"
import { renderApp } from "@/testing/render-app"

function open(path = "/notifications", role: "admin" | "member" | "viewer" = "member") {
  const server = new FakeServer({ user: aUser({ role }), password: "correct horse" })
  server.notices.notices = someNotices(12)
  server.notices.alerts = someAlerts()
  server.insights.insights = [anInsight()]
  return renderApp(path, { server })
}

/** On the rail and on top of a narrow page; a real browser shows one of them. */
const bell = async () => (await screen.findAllByTestId("bell"))[0]!
const unread = (count: number) => waitFor(async () => expect(await bell()).toHaveAttribute("data-unread", String(count)))

describe("the bell", () => {
  it("says how much is not read, as it comes", async () => {
    const { server } = open("/insights")
    await unread(3)
    await waitFor(() => expect(screen.getByTestId("live-indicator")).toHaveAttribute("data-state", "live"))
    act(() => server.notices.tell(aNotice({ id: "new" })))
    await unread(4)
    expect(await bell()).toHaveAccessibleName("Notifications, 4 unread")
  })

  it("shows the latest, which lead to what they are about and are read then", async () => {
    const { user, server, history } = open("/settings")
    await unread(3)
    await user.click(await bell())
    const list = within(await screen.findByRole("list", { name: "Latest notifications" }))
    expect(list.getAllByRole("listitem").length).toBe(8)
    expect(await violations()).toEqual([])
    await user.click(list.getByText("ben mentioned you"))
    await waitFor(() => expect(history.location.pathname).toBe("/insights/insight-1"))
    await unread(2)
    expect(server.notices.unread).toBe(2)
  })

  it("follows what was read on another screen", async () => {
    const { server } = open()
    await unread(3)
    await waitFor(() => expect(screen.getByTestId("live-indicator")).toHaveAttribute("data-state", "live"))
    act(() => server.announce({ type: "notifications_read", data: { ids: null, unread: 0 } }))
    await unread(0)
    expect(screen.getAllByTestId("notice").every((one) => one.dataset.unread === "false")).toBe(true)
  })

  it("leads nowhere outside", async () => {
    const server = new FakeServer()
    server.notices.notices = ["//evil.example/x", "javascript:alert(1)", "/\\evil.example"].map((link, index) => aNotice({ id: `n${index}`, link }))
    renderApp("/notifications", { server })
    for (const notice of await screen.findAllByTestId("notice")) expect(notice).toHaveAttribute("href", "/notifications")
  })
})

describe("the list", () => {
  it("reads all at once", async () => {
    const { user, server } = open()
    expect((await screen.findAllByTestId("notice")).length).toBe(12)
    expect(await violations()).toEqual([])
    await user.click(screen.getByRole("button", { name: "Read all" }))
    await waitFor(() => expect(server.notices.unread).toBe(0))
    await unread(0)
    expect(await screen.findByText("You have read everything")).toBeVisible()
  })

  it("shows only what is not read", async () => {
    const { user } = open()
    await screen.findAllByTestId("notice")
    await user.click(screen.getByRole("link", { name: "Only unread" }))
    await waitFor(() => expect(screen.getAllByTestId("notice").length).toBe(3))
  })
})

describe("alerts", () => {
  const row = (id: string) => within(screen.getAllByTestId("alert")[Number(id)]!)

  it("are seen, snoozed and resolved by whose they are", async () => {
    const { user, server } = open("/notifications?show=alerts")
    expect((await screen.findAllByTestId("alert")).map((one) => one.dataset.state)).toEqual(["open", "open", "acknowledged", "snoozed"])
    expect(await violations()).toEqual([])
    await user.click(row("0").getByRole("button", { name: /^Seen/ }))
    await waitFor(() => expect(server.notices.alerts[0]?.state).toBe("acknowledged"))
    await user.click(row("1").getByRole("button", { name: /^Snooze/ }))
    await user.click(await screen.findByRole("menuitem", { name: "1 hour" }))
    await waitFor(() => expect(server.notices.alerts[1]?.state).toBe("snoozed"))
    await user.click(row("0").getByRole("button", { name: /^Resolve/ }))
    await waitFor(() => expect(screen.getAllByTestId("alert").length).toBe(3))
    // Ben's is for him and for admins.
    expect(row("1").queryByRole("button")).toBeNull()
  })

  it("come as they begin", async () => {
    const { server } = open("/notifications?show=alerts&state=open")
    expect((await screen.findAllByTestId("alert")).length).toBe(2)
    await waitFor(() => expect(screen.getByTestId("live-indicator")).toHaveAttribute("data-state", "live"))
    act(() => server.notices.alarm(anAlert({ id: "new", kind: "runaway", reason: "400 k tokens without a file or commit" })))
    expect(await screen.findByText("400 k tokens without a file or commit")).toBeVisible()
  })

  it("are for admins to settle, and for viewers to see", async () => {
    open("/notifications?show=alerts", "viewer")
    await screen.findAllByTestId("alert")
    expect(screen.queryByRole("button", { name: /^(Seen|Snooze|Resolve):/ })).toBeNull()
  })
})
