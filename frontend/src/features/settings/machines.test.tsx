import { screen, waitFor, within } from "@testing-library/react"
import { describe, expect, it } from "vitest"

import type { Machine } from "@/api/types"
import { violations } from "@/testing/axe"
import { aUser } from "@/testing/builders"
import { FakeServer } from "@/testing/fake-server"
import { renderApp } from "@/testing/render-app"

const machine = (id: string, changes: Partial<Machine>): Machine => ({
  id, hostname: id, user_id: "user-anna", username: "anna", os: "Linux", version: "0.1.0", last_seen_at: "2026-11-22T08:00:00Z", online: true,
  commands: null, admin_commands: false, ...changes,
})

function open(role: "admin" | "member" | "viewer") {
  const server = new FakeServer({ user: aUser({ role }), password: "correct horse" })
  server.agents.machines = [machine("anna-mbp", {}), machine("build-7", { user_id: "user-ben", username: "ben", online: false })]
  return renderApp("/settings/machines", { server })
}

const shown = async () => within(await screen.findByRole("list", { name: "Machines" })).getAllByRole("listitem").map((row) => row.textContent)

describe("machines", () => {
  it("are revoked by a second press, and gone at once", async () => {
    const { user, server } = open("admin")
    await user.click(await screen.findByRole("button", { name: "Revoke build-7 of ben" }))
    expect(screen.getByText(/Its agent stops/)).toBeVisible()
    expect(await violations()).toEqual([])
    await user.click(screen.getByRole("button", { name: "Revoke for good" }))
    expect(await screen.findByText("build-7 is revoked, and its token has ended")).toBeVisible()
    await waitFor(() => expect(screen.queryByText("build-7")).toBeNull())
    expect(server.agents.machines.map((one) => one.id)).toEqual(["anna-mbp"])
  })

  it("stay when one thinks better of it", async () => {
    const { user, server } = open("admin")
    await user.click(await screen.findByRole("button", { name: "Revoke anna-mbp" }))
    await user.click(screen.getByRole("button", { name: "Keep" }))
    expect(screen.getByRole("button", { name: "Revoke anna-mbp" })).toBeVisible()
    expect(server.agents.machines).toHaveLength(2)
  })

  it("say why one could not be revoked", async () => {
    const { user, server } = open("admin")
    await user.click(await screen.findByRole("button", { name: "Revoke anna-mbp" }))
    server.failing.set("/api/agents/anna-mbp", 503)
    await user.click(screen.getByRole("button", { name: "Revoke for good" }))
    expect(await screen.findByText("Error 503 (id c0ffee-4242)")).toBeVisible()
    expect(await shown()).toHaveLength(2)
  })

  it("of others are an admin's to revoke", async () => {
    open("member")
    expect(await screen.findByRole("button", { name: "Revoke anna-mbp" })).toBeVisible()
    expect(screen.queryByRole("button", { name: /build-7/ })).toBeNull()
  })

  it("are not a viewer's to revoke", async () => {
    open("viewer")
    expect(await shown()).toHaveLength(2)
    expect(screen.queryByRole("button", { name: /Revoke/ })).toBeNull()
  })
})
