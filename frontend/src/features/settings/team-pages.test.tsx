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
    await user.click(await screen.findByRole("button", { name: "Undo" }))
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

  it("shows at once who has joined, been changed or left elsewhere", async () => {
    const { server } = open("/settings/members")
    expect(await screen.findByRole("button", { name: "Remove ben" })).toBeVisible()
    await waitFor(() => expect(screen.getByTestId("live-indicator")).toHaveAttribute("data-state", "live"))
    const held = server.team.members.find((one) => one.username === "ben")!
    const said = (type: "member_joined" | "member_role_changed" | "member_left") =>
      act(() => server.announce({ type, data: { user_id: held.user_id } }))

    server.team.members = server.team.members.filter((one) => one !== held)
    said("member_left")
    await waitFor(() => expect(screen.queryByRole("button", { name: "Remove ben" })).toBeNull())
    server.team.members.push(held)
    said("member_joined")
    expect(await screen.findByRole("button", { name: "Role of ben: Member" })).toBeVisible()
    held.role = "viewer"
    said("member_role_changed")
    expect(await screen.findByRole("button", { name: "Role of ben: Viewer" })).toBeVisible()
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

  it("lets people do more, and less", async () => {
    const { user, server } = open("/settings/team")
    await user.click(await screen.findByRole("checkbox", { name: /public link/ }))
    await user.click(screen.getByRole("checkbox", { name: "Close sessions on their machines" }))
    await user.selectOptions(screen.getByLabelText("On a wall, people are shown by"), "initials")
    await user.click(screen.getByRole("button", { name: "Save" }))
    const settings = { allow_public: true, commands_allowed: ["export", "refresh"], wall_names: "initials", admin_commands: false }
    await waitFor(() => expect(server.team).toMatchObject({ settings }))
  })

  it("shows what other thresholds would change before they are saved", async () => {
    const { user, server } = open("/settings/team")
    const warning = await screen.findByLabelText("Warning below")
    expect(screen.queryByTestId("health-preview")).toBeNull()
    await user.clear(warning)
    await user.type(warning, "80")
    await user.type(screen.getByLabelText("Loops"), "0")
    expect(await screen.findByText("14 of the last 200 sessions change grade, 3 more alerts a week.")).toBeVisible()
    expect(await violations()).toEqual([])
    await user.click(screen.getByRole("button", { name: "Save" }))
    await waitFor(() => expect(server.team.settings).toMatchObject({ health_thresholds: { warning: 80, critical: 40 }, health_weights: { loops: 0 } }))
  })

  it("keeps limits, prices and days", async () => {
    const { user, server } = open("/settings/team")
    await user.type(await screen.findByLabelText("The team, a month", { selector: "[name=tokens_per_team_month]" }), "50000")
    await user.type(screen.getByLabelText("A person, a day", { selector: "[name=cost_per_member_day]" }), "12.5")
    await user.type(screen.getByLabelText("Keep ended sessions (days)"), "365")
    await user.click(screen.getByRole("button", { name: "Price a model" }))
    await user.type(screen.getByLabelText("Model"), "own-model")
    await user.type(screen.getByLabelText("Input"), "1.5")
    await user.type(screen.getByLabelText("Output"), "6")
    await user.click(screen.getByRole("button", { name: "Save" }))
    await waitFor(() =>
      expect(server.team.settings).toMatchObject({
        token_limits: { per_team_month: 50_000_000, per_session: null },
        cost_limits: { per_member_day: 12.5 },
        prices: { "own-model": { input: 1.5, output: 6 } },
        retention_days: 365,
      }),
    )
  })

  it("keeps what is taken in, how long of each kind, and how people are told", async () => {
    const { user, server } = open("/settings/team")
    await user.selectOptions(await screen.findByLabelText("Take in from machines, at most"), "counts")
    await user.type(screen.getByLabelText("Their details (days)"), "30")
    await user.type(screen.getByLabelText("Notifications (days)"), "14")
    await user.click(screen.getByText("Choose for each event"))
    const falls = within(screen.getByRole("group", { name: "Health falls" }))
    await user.click(falls.getByRole("checkbox", { name: "E-mail" }))
    expect(await violations()).toEqual([])
    await user.click(screen.getByRole("button", { name: "Save" }))
    await waitFor(() =>
      expect(server.team.settings).toMatchObject({
        capture_tier: "counts",
        retention: { details_days: 30, notifications_days: 14, alerts_days: null },
        notification_defaults: { health_alert: { email: true } },
      }),
    )
    await user.click(await screen.findByRole("button", { name: "Undo" }))
    await waitFor(() => expect(server.team.settings.capture_tier).toBe("content"))
    expect(server.team.settings.notification_defaults).toEqual({})
    await waitFor(() => expect(screen.getByLabelText("Their details (days)")).toHaveValue(null))
  })

  it("says to members what is taken in and kept", async () => {
    const { server } = open("/settings/team", "member")
    server.team.settings = { ...server.team.settings, capture_tier: "metadata", retention: { alerts_days: 7 } }
    expect(await screen.findByText("numbers and names")).toBeVisible()
    expect(screen.getByText("are kept 7 days")).toBeVisible()
  })

  it("writes nothing over what another admin has saved, and shows it", async () => {
    const { user, server } = open("/settings/team")
    await user.type(await screen.findByLabelText("Team name"), " crew")
    server.team.name = "Pier"
    server.team.version = 7
    await user.click(screen.getByRole("button", { name: "Save" }))
    expect(await screen.findByRole("alert")).toHaveTextContent("Somebody else changed the team meanwhile")
    expect(server.team.name).toBe("Pier")
    await waitFor(() => expect(server.requests.filter((one) => one === "GET /api/teams/team-1").length).toBeGreaterThan(1))
    await user.click(screen.getByRole("button", { name: "Show what they saved" }))
    await waitFor(() => expect(screen.getByLabelText("Team name")).toHaveValue("Pier"))
  })

  it("is only read by members", async () => {
    open("/settings/team", "member")
    expect(await screen.findByText("Admins of the team can change this.")).toBeVisible()
    expect(screen.queryByLabelText("Team name")).toBeNull()
    expect(screen.queryByRole("button", { name: /Delete/ })).toBeNull()
  })

  it("shows at once what an admin has saved elsewhere", async () => {
    const { server } = open("/settings/team", "member")
    expect(await screen.findByText("are kept for good")).toBeVisible()
    await waitFor(() => expect(screen.getByTestId("live-indicator")).toHaveAttribute("data-state", "live"))
    server.team.settings = { ...server.team.settings, retention_days: 90 }
    server.team.version = 2
    act(() => server.announce({ type: "team_updated", data: { id: "team-1", version: 2 } }))
    expect(await screen.findByText("are kept 90 days")).toBeVisible()
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
