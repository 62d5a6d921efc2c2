import { screen, waitFor } from "@testing-library/react"
import { expect, it } from "vitest"

import { violations } from "@/testing/axe"
import { aSession } from "@/testing/builders"
import { FakeServer } from "@/testing/fake-server"
import { renderApp } from "@/testing/render-app"

import { found } from "./palette-entries"

const entry = (label: string, note = "") => ({ key: label, label, note, icon: null, run: () => undefined })

it("puts what begins with the text first", () => {
  const entries = [entry("Fix settings"), entry("Settings"), entry("Dashboard")]
  expect(found(entries, "set").map((one) => one.label)).toEqual(["Settings", "Fix settings"])
  expect(found(entries, "")).toHaveLength(3)
  expect(found(entries, "zebra")).toEqual([])
})

it("opens a session by a part of its name, from anywhere", async () => {
  const server = new FakeServer()
  server.put(aSession({ id: "one", title: "Retry payments" }))
  const { user, history } = renderApp("/settings", { server })
  await waitFor(() => expect(screen.getByTestId("live-indicator")).toHaveAttribute("data-state", "live"))
  await user.keyboard("{Control>}k{/Control}")
  await user.type(await screen.findByRole("combobox"), "pay")
  expect(screen.getByRole("option", { name: /Retry payments/ })).toHaveAttribute("aria-selected", "true")
  expect(await violations()).toEqual([])
  await user.keyboard("{Enter}")
  await waitFor(() => expect(history.location.pathname).toBe("/sessions/one"))
})
