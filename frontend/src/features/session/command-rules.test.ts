import { describe, expect, it } from "vitest"

import { taken } from "@/api/commands"
import type { Machine, SessionCommand, TeamSettings } from "@/api/types"
import { aCommand, aMachine, aSession, aUser } from "@/testing/builders"
import { SETTINGS } from "@/testing/fake-team"

import { objection, type Rules } from "./command-rules"

const rules = (part: { machine?: Partial<Machine> | null; settings?: Partial<TeamSettings>; rest?: Partial<Rules> } = {}): Rules => ({
  session: aSession({ agent_id: "m1" }),
  user: aUser(),
  settings: { ...SETTINGS, ...part.settings },
  machine: part.machine === null ? null : aMachine({ id: "m1", ...part.machine }),
  ...part.rest,
})
const bens = aSession({ agent_id: "m1", user_id: "user-ben", username: "ben" })

describe("a command", () => {
  it("is the owner's to give", () => {
    expect(objection("close", rules())).toBeNull()
    expect(objection("close", rules({ rest: { session: bens } }))).toBe("Only ben may ask anything of this session’s machine.")
    expect(objection("close", rules({ rest: { user: aUser({ role: "viewer" }) } }))).toMatch(/^Viewers look on/)
  })

  it("is an admin's where both team and machine say so", () => {
    const admin = { session: bens, user: aUser({ role: "admin" }) }
    expect(objection("refresh", rules({ rest: admin }))).toMatch(/^This team lets nobody/)
    expect(objection("refresh", rules({ rest: admin, settings: { admin_commands: true } }))).toBe("anna-mbp takes commands from ben only.")
    expect(objection("refresh", rules({ rest: admin, settings: { admin_commands: true }, machine: { admin_commands: true } }))).toBeNull()
  })

  it("is what team and machine allow", () => {
    expect(objection("close", rules({ settings: { commands_allowed: ["refresh"] } }))).toMatch(/^This team does not allow it/)
    expect(objection("close", rules({ machine: { commands: ["refresh"] } }))).toBe("The agent on anna-mbp was told not to take this.")
    expect(objection("close", rules({ machine: { commands: null } }))).toBeNull()
    expect(objection("refresh", rules({ machine: null }))).toMatch(/^No machine/)
    expect(objection("refresh", rules({ rest: { session: aSession({ agent_id: null }) } }))).toMatch(/^No machine/)
  })

  it("closes nothing that has ended", () => {
    const ended = { session: aSession({ agent_id: "m1", status: "ended" as const }) }
    expect(objection("close", rules({ rest: ended }))).toBe("It has ended already.")
    expect(objection("refresh", rules({ rest: ended }))).toBeNull()
  })
})

describe("news of a command", () => {
  const held: SessionCommand[] = [aCommand({ id: "one", status: "started" })]

  it("is taken in where it is further on, in whatever order it comes", () => {
    expect(taken(held, aCommand({ id: "one", status: "done" }))[0]?.status).toBe("done")
    expect(taken(held, aCommand({ id: "one", status: "pending" }))[0]?.status).toBe("started")
  })

  it("puts a new one first", () => {
    const newer = aCommand({ id: "two", created_at: "2099-01-01T00:00:00Z" })
    expect(taken(held, newer).map((one) => one.id)).toEqual(["two", "one"])
  })
})
