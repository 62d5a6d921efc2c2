import { act, screen, waitFor, within } from "@testing-library/react"
import { describe, expect, it } from "vitest"

import { violations } from "@/testing/axe"
import { aUser } from "@/testing/builders"
import { FakeServer } from "@/testing/fake-server"
import { anAuditLog } from "@/testing/fake-team"
import { renderApp } from "@/testing/render-app"

function open(path: string, role: "admin" | "member" | "viewer" = "admin") {
  const server = new FakeServer({ user: aUser({ role }), password: "correct horse" })
  server.join({ user: aUser({ id: "user-ben", username: "ben", email: "ben@harbour.example", role: role === "admin" ? "member" : "admin" }), password: "x" })
  return renderApp(path, { server })
}

const rowOf = async (name: string) => within((await screen.findByText(name, { selector: "p" })).closest("li")!)

describe("members", () => {
  it("changes a role by a menu that says what each may do, and takes it back", async () => {
    const { user, server } = open("/settings/members")
    await user.click(await screen.findByRole("button", { name: "Role of ben: Member" }))
    const choice = await screen.findByRole("menuitemradio", { name: /Viewer/ })
    expect(choice).toHaveTextContent("changes nothing")
    await user.click(choice)
    expect(await screen.findByText("ben is a viewer now")).toBeVisible()
    expect(server.team.members.find((one) => one.username === "ben")?.role).toBe("viewer")
    await user.click(screen.getByRole("button", { name: "Undo" }))
    await waitFor(() => expect(server.team.members.find((one) => one.username === "ben")?.role).toBe("member"))
    expect(await violations()).toEqual([])
  })

  it("removes somebody, and brings them back", async () => {
    const { user, server } = open("/settings/members")
    await user.click(await screen.findByRole("button", { name: "Remove ben" }))
    await waitFor(() => expect(server.team.members.map((one) => one.username)).toEqual(["anna"]))
    await user.click(await screen.findByRole("button", { name: "Undo" }))
    expect(await screen.findByText("ben is back")).toBeVisible()
    expect(await screen.findByRole("button", { name: "Remove ben" })).toBeVisible()
  })

  it("does not let the only admin step down", async () => {
    open("/settings/members")
    expect(await screen.findByRole("button", { name: "Role of anna: Admin" })).toBeDisabled()
    expect((await rowOf("anna")).getByText(/The only admin/)).toBeVisible()
  })

  it("shows to others who is there, and nothing to press", async () => {
    open("/settings/members", "viewer")
    expect(await screen.findByText("ben")).toBeVisible()
    expect(screen.queryByRole("button", { name: /Remove|Role of|Invite/ })).toBeNull()
    expect(screen.queryByRole("link", { name: "Audit log" })).toBeNull()
  })

  it("follows a role that another admin took away", async () => {
    const { server } = open("/settings/members")
    await screen.findByRole("button", { name: "Invite people" })
    await waitFor(() => expect(screen.getByTestId("live-indicator")).toHaveAttribute("data-state", "live"))
    act(() => server.become("anna@harbour.example", { role: "viewer" }))
    expect(await screen.findByText(/You are now a viewer of/)).toBeVisible()
    await waitFor(() => expect(screen.queryByRole("button", { name: "Invite people" })).toBeNull())
  })

  it("is empty of the team once one was removed", async () => {
    const { server } = open("/settings/members")
    await screen.findByRole("button", { name: "Remove ben" })
    await waitFor(() => expect(screen.getByTestId("live-indicator")).toHaveAttribute("data-state", "live"))
    act(() => server.become("anna@harbour.example", { team_id: null, role: null }))
    expect(await screen.findByText(/You are no longer in/)).toBeVisible()
    expect(await screen.findByRole("heading", { name: "You are not in a team yet" })).toBeVisible()
    expect(screen.queryByText("ben")).toBeNull()
  })
})

describe("invitations", () => {
  it("shows a new link once, lists it, and revokes it", async () => {
    const { user, server } = open("/settings/members")
    await user.click(await screen.findByRole("button", { name: "Invite people" }))
    await user.click(await screen.findByRole("radio", { name: /Viewer/ }))
    await user.clear(screen.getByLabelText("People who can use it"))
    await user.type(screen.getByLabelText("People who can use it"), "5")
    await user.click(screen.getByRole("button", { name: "Create link" }))
    expect(await screen.findByTestId("invite-link")).toHaveTextContent("/invite#secret-invite-1")
    expect(server.team.invites[0]).toMatchObject({ role: "viewer", max_uses: 5 })
    await user.click(screen.getByRole("button", { name: "Done" }))
    expect(await screen.findByText("used 0 of 5")).toBeVisible()
    await user.click(screen.getByRole("button", { name: /Revoke the invitation Viewer/ }))
    await user.click(screen.getByRole("button", { name: "Revoke for good" }))
    await waitFor(() => expect(server.team.invites).toEqual([]))
  })
})

describe("team", () => {
  it("saves what was changed, and takes it back", async () => {
    const { user, server } = open("/settings/team")
    const name = await screen.findByLabelText("Team name")
    await user.clear(name)
    await user.type(name, "Pier")
    await user.selectOptions(screen.getByLabelText("New sessions are"), "team")
    await user.click(screen.getByRole("button", { name: "Save" }))
    await waitFor(() => expect(server.team).toMatchObject({ name: "Pier", settings: { default_visibility: "team" } }))
    await user.click(await screen.findByRole("button", { name: "Undo" }))
    await waitFor(() => expect(server.team).toMatchObject({ name: "Harbour", settings: { default_visibility: "private" } }))
    await waitFor(() => expect(screen.getByLabelText("Team name")).toHaveValue("Harbour"))
    expect(await violations()).toEqual([])
  })

  it("is only read by members", async () => {
    open("/settings/team", "member")
    expect(await screen.findByText("Admins of the team can change this.")).toBeVisible()
    expect(screen.queryByLabelText("Team name")).toBeNull()
    expect(screen.queryByRole("button", { name: /Delete/ })).toBeNull()
  })

  it("keeps its last admin, and says why", async () => {
    const { user } = open("/settings/team")
    await user.click(await screen.findByRole("button", { name: "Leave Harbour" }))
    await user.click(screen.getByRole("button", { name: "Leave" }))
    expect(await screen.findByRole("alert")).toHaveTextContent("make somebody else one first")
  })

  it("is deleted only by its name", async () => {
    const { user } = open("/settings/team")
    await user.click(await screen.findByRole("button", { name: "Delete Harbour" }))
    const remove = await screen.findByRole("button", { name: "Delete the team for good" })
    expect(remove).toBeDisabled()
    await user.type(screen.getByLabelText("Type Harbour to go on"), "Harbour")
    expect(remove).toBeEnabled()
  })
})

describe("audit log", () => {
  it("shows what happened, in pages, narrowed by what is looked for", async () => {
    const { user, server } = open("/settings/audit")
    server.team.audit = anAuditLog(70)
    const list = await screen.findByRole("list", { name: "Entries" })
    expect(within(list).getAllByRole("listitem").length).toBe(50)
    await user.click(screen.getByRole("button", { name: "Show earlier" }))
    await waitFor(() => expect(within(list).getAllByRole("listitem").length).toBe(70))
    await user.selectOptions(screen.getByLabelText("What"), "invites")
    await waitFor(() => expect(screen.getAllByRole("listitem").every((item) => item.textContent.includes("made an invitation"))).toBe(true))
    expect(await violations()).toEqual([])
  })

  it("is for admins", async () => {
    open("/settings/audit", "member")
    expect(await screen.findByText("The audit log is for admins")).toBeVisible()
  })
})
