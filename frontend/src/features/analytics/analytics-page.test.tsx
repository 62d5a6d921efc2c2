import { act, screen, waitFor, within } from "@testing-library/react"
import { beforeEach, describe, expect, it, vi } from "vitest"

import { someFacts } from "@/testing/analytics-facts"
import { violations } from "@/testing/axe"
import { aUser } from "@/testing/builders"
import { FakeServer } from "@/testing/fake-server"
import { renderApp } from "@/testing/render-app"

// A Sunday afternoon. Only the clock stands still: timers run.
beforeEach(() => void vi.useFakeTimers({ now: new Date("2026-11-22T15:20:00Z"), toFake: ["Date"] }))

function open(path = "/analytics", { facts = someFacts(Date.now(), 40), user = aUser({ role: "admin" }) } = {}) {
  const server = new FakeServer({ user, password: "correct horse" })
  server.analytics.facts = facts
  return renderApp(path, { server })
}

const card = (title: string) => screen.findByRole("region", { name: title })
const metric = async (key: string) => within(await screen.findByTestId(`metric-${key}`))
const at = (history: { location: { search: string } }) => new URLSearchParams(history.location.search)

const MEANINGS = [
  ["Token use", "Tokens of each stretch"],
  ["Cost", "at API prices"],
  ["Health", "mean health"],
  ["Sessions by tool", "five largest parts"],
  ["People", "Bars begin at zero"],
  ["Peak hours", "by weekday and hour in Europe/Berlin"],
  ["Tags", "A session with several tags"],
  ["Common errors", "Failed tool calls by category"],
] as const

/** The numbers of a chart's table, by its column's name. */
async function column(title: string, name: string): Promise<number[]> {
  const table = await within(await card(title)).findByRole("table", { name: title })
  const heads = within(table).getAllByRole("columnheader").map((head) => head.textContent)
  const place = heads.indexOf(name)
  return within(table).getAllByRole("row").slice(1).map((row) => Number((row.children[place]?.textContent ?? "").replace(/[^\d.]/g, "")))
}

describe("the first row", () => {
  it("answers what it bought and how that has changed, and says what each number means", async () => {
    const { user } = open()
    expect(await screen.findByText(/tokens · \$.* at API price · \d+ sessions/)).toBeVisible()
    expect((await metric("tokens")).getByText(/^\d+ %$/)).toBeVisible()
    await user.click((await metric("efficiency")).getByRole("button", { name: "Token efficiency" }))
    const meaning = await screen.findByRole("dialog", { name: "Token efficiency" })
    expect(meaning).toHaveTextContent("Output tokens as a share of all tokens")
    await user.keyboard("{Escape}")
    await user.click((await metric("cost")).getByRole("button", { name: "Cost" }))
    expect(await screen.findByRole("dialog", { name: "Cost" })).toHaveTextContent("Without a known price: qwen3-coder")
    expect(await violations()).toEqual([])
  })

  it("compares with nothing when one does not want it", async () => {
    const { user, history } = open()
    await metric("tokens")
    await user.click(screen.getByRole("button", { name: /^Days/ }))
    await user.click(screen.getByRole("checkbox", { name: "Compare with the time before" }))
    await waitFor(() => expect(at(history).get("compare")).toBe("off"))
    expect((await metric("tokens")).queryByText(/%/)).toBeNull()
  })
})

describe("every chart", () => {
  it("has a meaning, a table of its numbers, and files", async () => {
    const { user } = open("/analytics?range=7d")
    for (const [title, meaning] of MEANINGS) {
      const region = await card(title)
      expect(region.querySelector<HTMLElement>("h2 [data-tip]")?.dataset.tip).toContain(meaning)
      await user.click(await within(region).findByLabelText(`View as table: ${title}`))
      const table = await within(region).findByRole("table", { name: title })
      expect(table.querySelectorAll("tbody tr").length).toBeGreaterThan(0)
      expect(within(region).getByLabelText(`Export: ${title}`)).toBeVisible()
    }
    expect(await violations()).toEqual([])
  })

  it("adds up to the team's total, by kind, tool and person alike", async () => {
    const { user } = open("/analytics?range=7d")
    const total = Number(((await metric("tokens")).getByText(/M$/).dataset.tip ?? "").replace(/\D/g, ""))
    expect(total).toBeGreaterThan(0)
    await user.click(await screen.findByRole("button", { name: "View as table: Token use" }))
    for (const by of ["Kind", "Tool", "Person", "Nothing"]) {
      await user.selectOptions(within(await card("Token use")).getByLabelText("Stack by"), by)
      await waitFor(async () => {
        const sums = await column("Token use", by === "Nothing" ? "All" : "Together")
        expect(sums.reduce((sum, one) => sum + one, 0)).toBe(total)
      })
    }
    await user.click(screen.getByRole("button", { name: "View as table: People" }))
    expect((await column("People", "Tokens")).reduce((sum, one) => sum + one, 0)).toBe(total)
  })

  it("takes lines out and puts them back by its legend", async () => {
    const { user } = open("/analytics?range=7d")
    const legend = within(await within(await card("Token use")).findByRole("group", { name: "What is shown" }))
    const output = legend.getByRole("button", { name: /^Output/ })
    await user.click(output)
    expect(output).toHaveAttribute("aria-pressed", "false")
    await user.click(output)
    expect(output).toHaveAttribute("aria-pressed", "true")
  })
})

describe("the address", () => {
  it("holds the days, and a day pressed in a table narrows them; back widens them again", async () => {
    const { user, history } = open()
    await metric("tokens")
    await user.click(screen.getByRole("button", { name: /^Days:\s*Last 30 days/ }))
    await user.click(screen.getByRole("button", { name: "Last 7 days" }))
    await waitFor(() => expect(at(history).get("range")).toBe("7d"))
    await user.click(await screen.findByRole("button", { name: "View as table: Token use" }))
    await user.click(await screen.findByRole("button", { name: "Fri, Nov 20" }))
    await waitFor(() => expect(Object.fromEntries(at(history))).toEqual({ from: "2026-11-20", to: "2026-11-21" }))
    expect(await screen.findByRole("button", { name: "Fri, Nov 20, 09:00" })).toBeVisible()
    act(() => history.back())
    expect(await screen.findByRole("button", { name: /^Days:\s*Last 7 days/ })).toBeVisible()
  })

  it("takes days of one's own, and says why when it does not", async () => {
    const { user, history } = open()
    await metric("tokens")
    await user.click(screen.getByRole("button", { name: /^Days/ }))
    const [first, last] = [screen.getByLabelText("First day"), screen.getByLabelText("Last day")]
    await user.clear(last)
    await user.type(last, "2026-10-01")
    await user.click(screen.getByRole("button", { name: "Show these days" }))
    expect(await screen.findByRole("alert")).toHaveTextContent("before the first")
    await user.clear(first)
    await user.type(first, "2026-09-28")
    await user.click(screen.getByRole("button", { name: "Show these days" }))
    await waitFor(() => expect(Object.fromEntries(at(history))).toEqual({ from: "2026-09-28", to: "2026-10-02" }))
  })

  it("holds the zone and the weekends, and every chart follows", async () => {
    const { user, history } = open("/analytics?range=7d")
    await metric("tokens")
    await user.click(screen.getByRole("button", { name: /^Days/ }))
    await user.selectOptions(screen.getByLabelText("Time zone"), "Asia/Tokyo")
    await user.click(screen.getByRole("checkbox", { name: "Leave out weekends" }))
    await waitFor(() => expect(Object.fromEntries(at(history))).toEqual({ range: "7d", tz: "Asia/Tokyo", weekends: "off" }))
    await user.keyboard("{Escape}")
    await user.click(await screen.findByRole("button", { name: "View as table: Peak hours" }))
    const peaks = within(await card("Peak hours"))
    await waitFor(() => expect(peaks.queryByRole("columnheader", { name: "Sun" })).toBeNull())
    expect((await card("Peak hours")).textContent).toContain("Peak hours")
  })

  it("holds filters: from the menus, a ring's part, a person's bar and a tag", async () => {
    const { user, history } = open("/analytics?range=30d")
    await user.click(await within(await card("People")).findByLabelText("View as table: People"))
    await user.click(await within(await card("People")).findByRole("button", { name: "ben" }))
    await waitFor(() => expect(at(history).getAll("user")).toEqual(["user-ben"]))
    await user.click(await within(await card("Sessions by tool")).findByRole("button", { name: /^Codex CLI/ }))
    await waitFor(() => expect(at(history).getAll("tool")).toEqual(["codex"]))
    expect(await screen.findByTestId("left-out")).toHaveTextContent("while the page is narrowed")
    await user.click(screen.getByRole("button", { name: "Project" }))
    await user.click(await screen.findByRole("menuitemcheckbox", { name: "web" }))
    await waitFor(() => expect(at(history).getAll("project")).toEqual(["web"]))
    await user.keyboard("{Escape}")
    await user.click(screen.getByRole("button", { name: "Clear" }))
    await waitFor(() => expect(Object.fromEntries(at(history))).toEqual({ range: "30d" }))
    expect(screen.queryByTestId("left-out")).toBeNull()
  })

  it("shows a colleague with the link the same page", async () => {
    const path = "/analytics?range=90d&tool=codex&by=model&shape=line&split=project&people=cost&order=amount&peak=errors&sort=-cost&bucket=week"
    open(path)
    const chart = within(await card("Token use"))
    expect(chart.getByLabelText("Stack by")).toHaveValue("model")
    expect(chart.getByLabelText("Each")).toHaveValue("week")
    expect(chart.getByLabelText("As")).toHaveValue("line")
    expect(await card("Sessions by project")).toBeVisible()
    expect(within(await card("People")).getByLabelText("Order by")).toHaveValue("amount")
    expect(within(await card("Peak hours")).getByLabelText("Show")).toHaveValue("errors")
    expect(await screen.findByRole("columnheader", { name: "Cost" })).toHaveAttribute("aria-sort", "descending")
    expect(screen.getByRole("button", { name: "Tool: Codex CLI" })).toBeVisible()
  })
})

describe("people", () => {
  it("stand by name, with others' private sessions in one grey row that has no name", async () => {
    const { user } = open()
    await user.click(await screen.findByRole("button", { name: "View as table: People" }))
    const names = within(await within(await card("People")).findByRole("table")).getAllByRole("rowheader").map((cell) => cell.textContent)
    expect(names).toEqual(["anna", "ben", "chiara", "dmitri", "elif", "Others' private sessions"])
    expect(within(await card("People")).queryByRole("button", { name: "Others' private sessions" })).toBeNull()
  })

  it("are told apart by nobody where there are too few", async () => {
    open("/analytics", { facts: someFacts(Date.now(), 40).filter((fact) => ["anna", "ben"].includes(fact.user)) })
    expect(await screen.findByTestId("left-out")).toHaveTextContent("at least three people")
  })
})

describe("sessions", () => {
  it("are sorted by what one presses, and paged", async () => {
    const { user, history } = open()
    const region = within(await card("Sessions"))
    expect((await region.findAllByRole("row")).length).toBe(26)
    await user.click(region.getByRole("button", { name: "Show more sessions" }))
    await waitFor(() => expect(region.getAllByRole("row").length).toBe(51))
    await user.click(region.getByRole("button", { name: "Duration" }))
    await waitFor(() => expect(at(history).get("sort")).toBe("-duration"))
    expect(await region.findByRole("columnheader", { name: "Duration" })).toHaveAttribute("aria-sort", "descending")
    await user.click(region.getByRole("button", { name: "Duration" }))
    await waitFor(() => expect(at(history).get("sort")).toBe("duration"))
  })
})

describe("a file", () => {
  it("is of exactly what the filters show", async () => {
    const saved: string[] = []
    vi.spyOn(URL, "createObjectURL").mockImplementation(() => "blob:x")
    vi.spyOn(URL, "revokeObjectURL").mockImplementation(() => undefined)
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
      saved.push(this.download)
    })
    const { user, server } = open("/analytics?from=2026-11-02&to=2026-11-09&tool=codex")
    await user.click(await screen.findByRole("button", { name: "Export" }))
    await user.click(await screen.findByRole("menuitem", { name: "Export as CSV" }))
    await waitFor(() => expect(saved).toEqual(["sessions-2026-11-02-2026-11-08.csv"]))
    expect(server.requests).toContain("GET /api/analytics/export")
    await user.click(await screen.findByRole("button", { name: "Export: Token use" }))
    await user.click(await screen.findByRole("menuitem", { name: "Export as JSON" }))
    expect(saved.at(-1)).toBe("token-use.json")
  })
})

describe("when there is nothing", () => {
  it("says so of a team that has reported nothing yet, and leads on", async () => {
    open("/analytics", { facts: [] })
    expect(await screen.findByRole("heading", { name: "There is nothing to count yet" })).toBeVisible()
    expect(screen.getByRole("link", { name: "Connect a machine" })).toHaveAttribute("href", "/connect")
    expect(await violations()).toEqual([])
  })

  it("says so of these days, and of these filters", async () => {
    const { user, history } = open("/analytics?from=2024-01-01&to=2024-01-08&tool=codex")
    expect(await screen.findByRole("heading", { name: "Nothing matches in this time" })).toBeVisible()
    await user.click(screen.getByRole("button", { name: "Clear the filters" }))
    expect(await screen.findByRole("heading", { name: "Nothing in this time" })).toBeVisible()
    await user.click(screen.getByRole("button", { name: "Show the last 90 days" }))
    await waitFor(() => expect(Object.fromEntries(at(history))).toEqual({ range: "90d" }))
    expect(await metric("tokens")).toBeTruthy()
  })

  it("is a team first that is needed", async () => {
    open("/analytics", { user: aUser({ team_id: null, role: null }) })
    expect(await screen.findByRole("heading", { name: "You are not in a team yet" })).toBeVisible()
  })
})

describe("when something fails", () => {
  it("is that part alone, which can be tried again", async () => {
    const server = new FakeServer({ user: aUser(), password: "correct horse" })
    server.analytics.facts = someFacts(Date.now(), 10)
    server.failing.set("/api/analytics/breakdown", 400)
    const { user } = renderApp("/analytics", { server })
    const region = await card("People")
    expect(await within(region).findByRole("alert")).toHaveTextContent("People could not be loaded")
    expect(await metric("tokens")).toBeTruthy()
    server.failing.clear()
    await user.click(within(region).getByRole("button", { name: "Try again" }))
    expect(await within(region).findByRole("button", { name: /^anna/ })).toBeVisible()
  })
})

describe("the way here", () => {
  it("is the rail, a key and the palette", async () => {
    const { user, history } = open("/")
    expect(await screen.findByRole("link", { name: "Analytics" })).toHaveAttribute("href", "/analytics")
    await user.keyboard("ga")
    await waitFor(() => expect(history.location.pathname).toBe("/analytics"))
    await waitFor(() => expect(document.title).toBe("Analytics · Team Dashboard"))
    await user.keyboard("{Control>}k{/Control}")
    await screen.findByRole("combobox")
    await user.keyboard("my numbers{Enter}")
    await waitFor(() => expect(history.location.pathname).toBe("/me"))
    await waitFor(() => expect(document.title).toBe("My numbers · Team Dashboard"))
  })
})

describe("one's own page", () => {
  it("has one's own numbers, private ones included, and leads on to the team's page", async () => {
    const { user, history } = open("/me?range=90d&user=user-ben")
    expect((await metric("insights")).getByText("4")).toBeVisible()
    expect(await card("Health of sessions")).toBeVisible()
    const people = within(await card("Sessions"))
    await waitFor(() => expect(people.getAllByText("anna").length).toBeGreaterThan(5))
    expect(people.queryByText("ben")).toBeNull()
    expect(people.getAllByRole("img", { name: "Private: only you" }).length).toBeGreaterThan(0)
    expect(await violations()).toEqual([])
    await user.click(await within(await card("Tags")).findByRole("button", { name: "migration" }))
    await waitFor(() => expect(history.location.pathname).toBe("/analytics"))
    expect(Object.fromEntries(at(history))).toEqual({ range: "90d", user: "user-anna", tag: "migration" })
  })
})
