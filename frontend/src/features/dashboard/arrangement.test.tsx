import { screen, waitFor, within } from "@testing-library/react"
import { describe, expect, it } from "vitest"

import { violations } from "@/testing/axe"
import { aSession, aTeamAtWork } from "@/testing/builders"
import { FakeServer } from "@/testing/fake-server"
import { renderApp } from "@/testing/render-app"

function open(path = "/") {
  const server = new FakeServer()
  server.put(aSession({ id: "a", title: "Alpha", status: "waiting", user_id: "user-ben", username: "ben", tags: ["backend"] }))
  server.put(aSession({ id: "b", title: "Beta", status: "idle" }))
  return renderApp(path, { server })
}

const titles = async () => (await screen.findAllByTestId("session-card")).map((card) => within(card).getByRole("heading").textContent)
const headings = () => screen.queryAllByTestId("group").map((group) => group.textContent)

describe("groups", () => {
  it("are chosen in a menu, and stand in the address", async () => {
    const { user, history } = open()
    expect(await titles()).toEqual(["Alpha", "Beta"])
    expect(headings()).toEqual([])
    await user.click(screen.getByRole("button", { name: "Group" }))
    await user.click(await screen.findByRole("menuitemradio", { name: "By person" }))
    await waitFor(() => expect(headings()).toEqual(["anna1", "ben1"]))
    expect(await titles()).toEqual(["Beta", "Alpha"])
    expect(history.location.search).toBe("?group=person")
    expect(await violations()).toEqual([])
  })
})

describe("pins", () => {
  it("put a session on top by menu and by key, and stay for the next visit", async () => {
    const { user, unmount } = open()
    await titles()
    await user.keyboard("jj")
    await waitFor(() => expect(screen.getByRole("link", { name: "Beta" })).toHaveFocus())
    await user.keyboard("p")
    await waitFor(async () => expect(await titles()).toEqual(["Beta", "Alpha"]))
    expect(headings()).toEqual(["Pinned1", "All others1"])
    unmount()
    open()
    await waitFor(() => expect(headings()).toEqual(["Pinned1", "All others1"]))
    await user.click(screen.getAllByRole("button", { name: "Session menu" })[0]!)
    await user.click(await screen.findByRole("menuitem", { name: "Take the pin away" }))
    await waitFor(() => expect(headings()).toEqual([]))
  })
})

describe("saved views", () => {
  it("bring filters and grouping back by name, and are removed with a way back", async () => {
    const { user, history } = open("/?tag=backend&group=status")
    expect(await titles()).toEqual(["Alpha"])
    await user.click(screen.getByRole("button", { name: "Views" }))
    await user.click(await screen.findByRole("menuitem", { name: "Save this view" }))
    await user.type(await screen.findByLabelText("Name"), "Backend")
    await user.click(screen.getByRole("button", { name: "Save" }))
    expect(await screen.findByText("The view “Backend” is saved")).toBeVisible()
    await user.click(screen.getByRole("button", { name: "Clear" }))
    await waitFor(() => expect(history.location.search).toBe("?group=status"))
    await user.click(screen.getByRole("button", { name: "Views" }))
    await user.click(await screen.findByRole("menuitem", { name: "Backend" }))
    await waitFor(() => expect(history.location.search).toBe("?tag=backend&group=status"))
    await user.click(screen.getByRole("button", { name: "Views" }))
    await user.click(await screen.findByRole("menuitem", { name: "Remove views" }))
    await user.click(await screen.findByRole("button", { name: "Remove the view Backend" }))
    expect(await screen.findByText("No view is left.")).toBeVisible()
  })
})

describe("board by status", () => {
  it("has a column for each status, with its tiles", async () => {
    const { user, history } = open()
    await titles()
    await user.click(screen.getByRole("link", { name: "Board by status" }))
    const columns = await screen.findAllByTestId("column")
    expect(columns.map((column) => `${column.dataset.status} ${within(column).queryAllByTestId("session-card").length}`)).toEqual([
      "waiting 1", "error 0", "active 0", "idle 1", "ended 0",
    ])
    expect(history.location.search).toBe("?view=board")
    expect(await violations()).toEqual([])
    await user.keyboard("j")
    await waitFor(() => expect(screen.getByRole("link", { name: "Alpha" })).toHaveFocus())
    await user.keyboard("j")
    await waitFor(() => expect(screen.getByRole("link", { name: "Beta" })).toHaveFocus())
  })

  it("draws only what is in sight of a thousand", async () => {
    const server = new FakeServer()
    for (const session of aTeamAtWork(1_000)) server.put(session)
    renderApp("/?view=board", { server })
    expect((await screen.findAllByTestId("session-card")).length).toBeLessThan(150)
  })
})

it("does by the palette what its filters do", async () => {
  const { user, history } = open()
  await titles()
  await user.keyboard("{Control>}k{/Control}")
  await user.type(await screen.findByRole("combobox"), "only #back")
  await user.keyboard("{Enter}")
  await waitFor(() => expect(history.location.search).toBe("?tag=backend"))
  await user.keyboard("{Control>}k{/Control}")
  await user.type(await screen.findByRole("combobox"), "group by repo")
  await user.keyboard("{Enter}")
  await waitFor(() => expect(history.location.search).toBe("?tag=backend&group=repository"))
})
