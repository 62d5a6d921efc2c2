import { act, screen, waitFor, within } from "@testing-library/react"
import { describe, expect, it } from "vitest"

import type { Insight } from "@/api/types"
import { violations } from "@/testing/axe"
import { aSession, aUser } from "@/testing/builders"
import { FakeServer } from "@/testing/fake-server"
import { anInsight, aTeamsInsights } from "@/testing/insight-facts"
import { renderApp } from "@/testing/render-app"

function open(path: string, insights: Insight[], role: "admin" | "member" | "viewer" = "member") {
  const server = new FakeServer({ user: aUser({ role }), password: "correct horse" })
  server.join({ user: aUser({ id: "user-ben", username: "ben", email: "ben@harbour.example", role: "member" }), password: "x" })
  server.insights.insights = insights
  return renderApp(path, { server })
}

const cards = () => screen.findAllByTestId("insight-card")
const card = async (title: string) => within(await screen.findByRole("article", { name: title }))
const live = () => waitFor(() => expect(screen.getByTestId("live-indicator")).toHaveAttribute("data-state", "live"))
const titles = async () => (await cards()).map((one) => one.getAttribute("aria-label"))

describe("the feed", () => {
  it("says what was learned, by whom, of which session, and how it is thought of", async () => {
    open("/insights", [anInsight({ session_id: "s1", session_title: "Retry payments", comments: 3, state: "accepted", tags: ["tests", "prompts"] })])
    const [one] = await cards()
    for (const text of ["Learning", "Accepted", "Ask for a failing test first", "finds the fault sooner", "tests", "ben", "Retry payments", "3 comments"]) expect(one).toHaveTextContent(text)
    expect(within(one!).getByRole("link", { name: "Retry payments" })).toHaveAttribute("href", "/sessions/s1")
    expect(await violations()).toEqual([])
  })

  it("reads on in pages, in the order asked for", async () => {
    const { user, history } = open("/insights", aTeamsInsights(34))
    expect((await cards()).length).toBe(20)
    await user.click(screen.getByRole("button", { name: "Show more insights" }))
    await waitFor(async () => expect((await cards()).length).toBeGreaterThan(20))
    await user.click(screen.getByRole("button", { name: "New" }))
    await waitFor(() => expect(history.location.search).toBe("?sort=new"))
    await waitFor(async () => expect((await titles())[0]).toBe("Ask for a failing test before asking for the fix"))
  })

  it("is narrowed by what stands in the address, and put there by what is chosen", async () => {
    const { user, history } = open("/insights?tag=tests", [anInsight({ title: "One" }), anInsight({ id: "i2", title: "Two", tags: [], type: "pattern" })])
    expect(await titles()).toEqual(["One"])
    await user.click(screen.getByRole("button", { name: "Clear" }))
    await waitFor(async () => expect((await titles()).length).toBe(2))
    await user.click(screen.getByRole("button", { name: "Type" }))
    await user.click(await screen.findByRole("menuitemcheckbox", { name: "Pattern" }))
    await waitFor(async () => expect(await titles()).toEqual(["Two"]))
    expect(history.location.search).toBe("?type=pattern")
    await user.keyboard("{Escape}")
    await user.type(screen.getByRole("searchbox"), "zebra")
    expect(await screen.findByText("No insight matches this filter")).toBeVisible()
  })

  it("offers what is new in a pill, and moves nothing by itself", async () => {
    const { user, server } = open("/insights?sort=new", [anInsight()])
    await cards()
    await live()
    act(() => server.insights.share(anInsight({ id: "i2", title: "Two" })))
    const pill = await screen.findByRole("button", { name: "1 new" })
    expect(await titles()).toEqual(["Ask for a failing test first"])
    await user.click(pill)
    await waitFor(async () => expect(await titles()).toEqual(["Two", "Ask for a failing test first"]))
    expect(screen.queryByRole("button", { name: "1 new" })).toBeNull()
  })

  it("follows votes and deletions of others in place", async () => {
    const { server } = open("/insights", [anInsight(), anInsight({ id: "i2", title: "Two" })])
    await cards()
    await live()
    act(() => void server.insights.change("insight-1", { upvotes: 9 }))
    expect(await (await card("Ask for a failing test first")).findByRole("button", { name: "Upvote, 9 votes" })).toBeVisible()
    act(() => server.insights.remove("i2"))
    await waitFor(async () => expect(await titles()).toEqual(["Ask for a failing test first"]))
  })

  it("is walked through by keyboard", async () => {
    const { user, history } = open("/insights", [anInsight(), anInsight({ id: "i2", title: "Two", upvotes: 1 })])
    await cards()
    await user.keyboard("jjk{Enter}")
    await waitFor(() => expect(history.location.pathname).toBe("/insights/insight-1"))
    await user.keyboard("gi")
    await waitFor(() => expect(history.location.pathname).toBe("/insights"))
  })

  it("says why it is empty, and what to do", async () => {
    open("/insights", [])
    expect(await screen.findByText("Nothing is written down yet")).toBeVisible()
    expect(screen.getAllByRole("button", { name: "Share an insight" }).length).toBe(2)
    expect(await violations()).toEqual([])
  })
})

describe("a vote", () => {
  it("is seen at once, and taken back by a second press", async () => {
    const { user, server } = open("/insights", [anInsight()])
    const vote = () => screen.findByTestId("upvote")
    await user.click(await vote())
    expect(await vote()).toHaveAttribute("aria-pressed", "true")
    expect(await vote()).toHaveAccessibleName("Upvote, 3 votes")
    await waitFor(() => expect(server.insights.insights[0]?.upvotes).toBe(3))
    await user.click(await vote())
    await waitFor(() => expect(server.insights.insights[0]?.upvotes).toBe(2))
    expect(await vote()).toHaveAttribute("aria-pressed", "false")
  })

  it("goes back where the server does not take it", async () => {
    const { user, server } = open("/insights", [anInsight()])
    const vote = await screen.findByTestId("upvote")
    server.failing.set("/api/insights/insight-1/upvote", 409)
    await user.click(vote)
    expect(await screen.findByText(/Your vote was not taken/)).toBeVisible()
    await waitFor(() => expect(vote).toHaveAttribute("aria-pressed", "false"))
    expect(vote).toHaveAccessibleName("Upvote, 2 votes")
  })

  it("is not a viewer’s", async () => {
    const { user, server } = open("/insights", [anInsight()], "viewer")
    await user.click(await screen.findByTestId("upvote"))
    expect(server.requests.filter((one) => one.includes("upvote"))).toEqual([])
    expect(screen.queryByRole("button", { name: "Share an insight" })).toBeNull()
  })
})

describe("sharing", () => {
  it("writes it down with tags and a session, and shows it before it is sent", async () => {
    const server = new FakeServer({ user: aUser(), password: "correct horse" })
    server.insights.insights = [anInsight({ tags: ["tests", "testing"] })]
    server.put(aSession({ id: "s1", title: "Retry payments" }))
    const { user } = renderApp("/insights", { server })
    await live()
    await user.click(await screen.findByRole("button", { name: "Share an insight" }))
    await user.click(await screen.findByRole("radio", { name: /Recommendation/ }))
    await user.type(screen.getByLabelText("Title"), "Ask for a failing test, always")
    expect(await screen.findByText(/There is an insight like this/)).toBeVisible()
    await user.type(screen.getByLabelText("What did you learn?"), "It takes **half** the steps.")
    await user.click(screen.getByRole("button", { name: "Preview" }))
    expect((await screen.findByText("half")).tagName).toBe("STRONG")
    const tags = within(screen.getByRole("dialog")).getByLabelText("Tags")
    await user.type(tags, "testi")
    await user.click(await screen.findByRole("option", { name: /testing/ }))
    await user.type(tags, "speed,")
    await user.type(screen.getByLabelText(/About a session/), "retry")
    await user.click(await screen.findByRole("option", { name: /Retry payments/ }))
    expect(await violations()).toEqual([])
    await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Share insight" }))
    await waitFor(() =>
      expect(server.insights.insights[0]).toMatchObject({ type: "recommendation", title: "Ask for a failing test, always", tags: ["testing", "speed"], session_id: "s1" }),
    )
    expect(await screen.findByText(/is shared$/)).toBeVisible()
    await waitFor(async () => expect(await titles()).toContain("Ask for a failing test, always"))
    expect(screen.queryByRole("button", { name: "1 new" })).toBeNull()
  })

  it("keeps what was begun when the form is closed", async () => {
    const { user } = open("/insights", [anInsight()])
    await user.click(await screen.findByRole("button", { name: "Share an insight" }))
    await user.type(await screen.findByLabelText("Title"), "Half a thought")
    await user.keyboard("{Escape}")
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull())
    await user.click(screen.getByRole("button", { name: "Share an insight" }))
    expect(await screen.findByLabelText("Title")).toHaveValue("Half a thought")
  })
})

describe("what is done with an insight", () => {
  it("accepts what was detected, shows why, and takes it back", async () => {
    const { user, server } = open("/insights", aTeamsInsights(3))
    const found = await card("Commands in harbour/web fail more often than elsewhere")
    expect(found.getByRole("region", { name: "Evidence" })).toHaveTextContent("31.4 %")
    expect(found.getByRole("link", { name: "Split the checkout form" })).toHaveAttribute("href", "/sessions/demo-2")
    await user.click(found.getByRole("button", { name: /^Accept/ }))
    await waitFor(() => expect(server.insights.insights[2]?.state).toBe("accepted"))
    await user.click(await screen.findByRole("button", { name: "Undo" }))
    await waitFor(() => expect(server.insights.insights[2]?.state).toBe("proposed"))
  })

  it("is edited only upon what was seen: another’s words are shown first", async () => {
    const { user, server } = open("/insights", [anInsight({ shared_by: "user-anna", username: "anna" })])
    await user.click(await screen.findByRole("button", { name: /^Actions on/ }))
    await user.click(await screen.findByRole("menuitem", { name: "Edit" }))
    const title = await screen.findByLabelText("Title")
    Object.assign(server.insights.insights[0]!, { title: "Somebody else’s title", version: 2 })
    await user.clear(title)
    await user.type(title, "Mine")
    await user.click(screen.getByRole("button", { name: "Save" }))
    expect(await screen.findByRole("alert")).toHaveTextContent("Somebody else’s title")
    expect(title).toHaveValue("Mine")
    await user.click(screen.getByRole("button", { name: "Save mine" }))
    await waitFor(() => expect(server.insights.insights[0]?.title).toBe("Mine"))
  })

  it("is deleted for good only when the way back has passed", async () => {
    const { user, server } = open("/insights", [anInsight({ shared_by: "user-anna", username: "anna" })])
    await user.click(await screen.findByRole("button", { name: /^Actions on/ }))
    await user.click(await screen.findByRole("menuitem", { name: "Delete" }))
    await waitFor(() => expect(screen.queryByTestId("insight-card")).toBeNull())
    await user.click(await screen.findByRole("button", { name: "Undo" }))
    expect((await cards()).length).toBe(1)
    await user.click(await screen.findByRole("button", { name: /^Actions on/ }))
    await user.click(await screen.findByRole("menuitem", { name: "Delete" }))
    act(() => void window.dispatchEvent(new Event("pagehide")))
    await waitFor(() => expect(server.insights.insights).toEqual([]))
  })

  it("is its author’s and an admin’s to change", async () => {
    const { user } = open("/insights", [anInsight()])
    await user.click(await screen.findByRole("button", { name: /^Actions on/ }))
    expect(await screen.findByRole("menuitem", { name: "Copy link" })).toBeVisible()
    expect(screen.queryByRole("menuitem", { name: "Edit" })).toBeNull()
  })
})

it("gives an address for feed readers once, and ends it", async () => {
  const { user, server } = open("/insights", [anInsight()])
  await user.click(await screen.findByRole("button", { name: "Follow in a feed reader" }))
  await user.click(await screen.findByRole("button", { name: "Make an address" }))
  expect(await screen.findByTestId("feed-address")).toHaveTextContent("feed.xml?token=a-secret")
  expect(await violations()).toEqual([])
  await user.click(screen.getByRole("button", { name: "End the address" }))
  await user.click(await screen.findByRole("button", { name: "End the address" }))
  expect(await screen.findByText("You have no address yet.")).toBeVisible()
  expect(server.insights.feedSince).toBeNull()
})
