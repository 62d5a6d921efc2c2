import { act, screen, waitFor, within } from "@testing-library/react"
import { describe, expect, it } from "vitest"

import { violations } from "@/testing/axe"
import { aCommand, aMachine, aSession } from "@/testing/builders"
import { FakeServer } from "@/testing/fake-server"
import { renderApp } from "@/testing/render-app"

const section = (name: string) => screen.findByRole("region", { name })

function opened(part: Parameters<typeof aSession>[0] = {}) {
  const server = new FakeServer()
  server.agents.machines = [aMachine({ id: "m1" })]
  server.put(aSession({ id: "one", title: "Retry payments", agent_id: "m1", ...part }))
  return renderApp("/sessions/one", { server })
}

describe("commands", () => {
  async function choose(user: ReturnType<typeof opened>["user"], menu: string, item: string) {
    await user.click(await screen.findByRole("button", { name: menu }))
    await user.click(await screen.findByRole("menuitem", { name: item }))
  }

  it("show their way to the result as it goes", async () => {
    const { user, server } = opened()
    const machine = await section("Machine")
    await waitFor(() => expect(machine).toHaveTextContent("anna-mbp, connected"))
    await waitFor(() => expect(screen.getByTestId("live-indicator")).toHaveAttribute("data-state", "live"))
    await choose(user, "More actions", "Refresh from its machine")
    const list = await within(machine).findByTestId("commands")
    expect(within(list).getByRole("listitem")).toHaveTextContent("waits for anna-mbp; expires in 10 min")
    act(() => server.commands.move("command-1", { status: "started", note: "anna-mbp is at it" }))
    await waitFor(() => expect(list).toHaveTextContent("Started"))
    act(() => server.commands.move("command-1", { status: "done", note: "done", result: { code: "ok", detail: null, export_bytes: null } }))
    await waitFor(() => expect(within(list).getByRole("listitem")).toHaveAttribute("data-status", "done"))
    expect(await violations()).toEqual([])
  })

  it("that were asked by others, or while nobody looked, are there", async () => {
    const { server } = opened()
    await section("Machine")
    await waitFor(() => expect(screen.getByTestId("live-indicator")).toHaveAttribute("data-state", "live"))
    await screen.findByText("Nothing was asked of it yet.")
    server.commands.asked.push(aCommand({ id: "lost", session_id: "one", asked_by: "user-ben", asked_by_name: "ben", status: "failed", note: "this process is another session’s" }))
    act(() => server.cutSockets())
    expect(await screen.findByText("this process is another session’s")).toBeVisible()
    expect(screen.getByTestId("commands")).toHaveTextContent("ben,")
  })

  it("hand over what the machine exported", async () => {
    const { user, server } = opened()
    const saved: string[] = []
    URL.createObjectURL = (blob) => `blob:${saved.push((blob as Blob).type)}`
    URL.revokeObjectURL = () => undefined
    await choose(user, "Export", "Fetch from its machine")
    await screen.findByTestId("commands")
    act(() => server.commands.move("command-1", { kind: "export", status: "done", note: "done", result: { code: "ok", detail: null, export_bytes: 5_120 } }))
    await user.click(await screen.findByRole("button", { name: "Markdown" }))
    await waitFor(() => expect(saved).toEqual(["text/markdown"]))
  })

  it("that may not be given say why, and are not sent", async () => {
    const { user, server } = opened({ user_id: "user-ben", username: "ben" })
    const close = await screen.findByRole("button", { name: "Close session" })
    expect(close).toHaveAttribute("aria-disabled", "true")
    expect(close).toHaveAttribute("data-tip", "Only ben may ask anything of this session’s machine.")
    await user.click(close)
    await user.click(screen.getByRole("button", { name: "More actions" }))
    const refresh = await screen.findByRole("menuitem", { name: /^Refresh from its machine/ })
    expect(refresh).toHaveAttribute("aria-disabled", "true")
    expect(refresh).toHaveTextContent("Only ben may ask anything")
    expect(screen.queryByRole("menuitem", { name: "Delete session" })).toBeNull()
    expect(server.requests.filter((one) => one.startsWith("POST"))).toEqual(["POST /api/auth/refresh"])
  })

  it("that the server refuses say why", async () => {
    const { user, server } = opened()
    server.commands.refusal = { status: 403, code: "kind_not_allowed", detail: "This team does not allow this command." }
    await user.click(await screen.findByRole("button", { name: "Close session" }))
    expect(await screen.findByText("This team does not allow this command.")).toBeVisible()
  })
})
