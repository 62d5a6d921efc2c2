import { useNavigate } from "@tanstack/react-router"

import { toolName } from "@/components/session/tools"
import { STATUSES } from "@/components/session/wording"
import { useCommands, type Command } from "@/lib/commands"

import type { BoardView } from "./board"
import type { SavedView } from "./board-memory"
import { tidy, unnarrowed, type BoardSearch, type Loose } from "./filter"
import { STATUS_WORDS } from "./order"

/** All that the dashboard's row of filters can do, by name. */
export function useBoardCommands(search: BoardSearch, board: BoardView, views: readonly SavedView[]): void {
  const navigate = useNavigate()
  const show = (next: BoardSearch) => void navigate({ to: "/", search: next })
  const change = (part: Loose) => show(tidy({ ...search, ...part }))
  const one = (label: string, note: string, part: Loose): Command => ({ label, note, run: () => change(part) })
  useCommands([
    ...views.map((view): Command => ({ label: view.name, note: "View", run: () => show(view.search) })),
    { label: "Clear the filter", note: "Filter", run: () => show(unnarrowed(search)) },
    ...STATUSES.map((status) => one(`Only ${STATUS_WORDS[status].toLowerCase()}`, "Filter by status", { status: [status] })),
    ...board.people.map(({ value, label }) => one(`Only ${label}`, "Filter by person", { user: [value] })),
    ...board.tools.map(({ value, label }) => one(`Only ${toolName(label)}`, "Filter by tool", { tool: [value] })),
    ...board.tags.map(({ value, label }) => one(`Only #${label}`, "Filter by tag", { tag: [value] })),
    one("Group by person", "Groups", { group: "person", view: search.view === "board" ? undefined : search.view }),
    one("Group by repository", "Groups", { group: "repository", view: search.view === "board" ? undefined : search.view }),
    one("Group by status", "Groups", { group: "status", view: search.view === "board" ? undefined : search.view }),
    one("No groups", "Groups", { group: undefined }),
    one("Show as cards", "Layout", { view: undefined }),
    one("Show as a list", "Layout", { view: "list" }),
    one("Show as a board by status", "Layout", { view: "board" }),
  ])
}
