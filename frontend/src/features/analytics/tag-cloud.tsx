import { useQuery } from "@tanstack/react-query"

import { breakdownNumbers } from "@/api/analytics"
import { useApi } from "@/api/context"
import { classes } from "@/lib/classes"
import { counted } from "@/lib/format/numbers"

import { ChartCard } from "./chart-card"
import { cloudOf, type Word } from "./parts"
import { NarrowButton } from "./session-distribution"
import type { NumberTable } from "./series"
import { useView } from "./view"

const SIZES = ["", "text-meta text-muted", "text-body text-muted", "text-prose", "text-title font-medium", "text-[1.375rem] leading-7 font-semibold"]
const MOST_LISTED = 8

/** What the sessions were about. A press on a tag narrows the page to it. */
export function TagCloud() {
  const { search, query, narrow } = useView()
  const asked = useQuery(breakdownNumbers(useApi(), { ...query, by: "tag" }))
  const words = asked.data && cloudOf(asked.data.items.filter((item) => !item.private && item.key !== "" && item.sessions > 0))
  const isChosen = (word: Word) => search.tag?.includes(word.tag) ?? false
  return (
    <ChartCard<Word[]>
      title="Tags"
      definition="Sessions that began in this time, by tag. A session with several tags counts with each; others’ private sessions are not in it."
      file="tags"
      query={{ ...asked, data: words }}
      tall="h-60"
      empty={(all) => (all.length === 0 ? "No session that began in this time has a tag. Tags are put on a session’s page." : null)}
      table={tagTable}
      lead={(all, row, name) => <NarrowButton name={name} onPress={() => narrow("tag", byAmount(all)[row]?.tag ?? "")} />}
    >
      {(all) => (
        <div className="grid min-h-60 items-start gap-x-6 gap-y-3 sm:grid-cols-[minmax(0,1fr)_12rem]">
          <ul aria-label="Tags by name" className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
            {all.map((word) => (
              <li key={word.tag} className="max-w-full">
                <button
                  type="button"
                  aria-pressed={isChosen(word)}
                  data-tip={`${word.tag}: ${counted(word.sessions, "session")}`}
                  onClick={() => narrow("tag", word.tag)}
                  className={classes("min-h-6 max-w-full truncate rounded-sm hover:text-accent-ink", SIZES[word.weight], isChosen(word) && "text-accent-ink underline")}
                >
                  {word.tag}
                </button>
              </li>
            ))}
          </ul>
          <ol aria-label="Most used tags">
            {byAmount(all)
              .slice(0, MOST_LISTED)
              .map((word) => (
                <li key={word.tag} className="flex justify-between gap-3 border-b border-line py-1 last:border-0">
                  <span className="truncate">{word.tag}</span>
                  <span className="text-muted tabular-nums">{word.sessions}</span>
                </li>
              ))}
          </ol>
        </div>
      )}
    </ChartCard>
  )
}

function byAmount(words: readonly Word[]): Word[] {
  return [...words].sort((a, b) => b.sessions - a.sessions || a.tag.localeCompare(b.tag))
}

function tagTable(words: readonly Word[]): NumberTable {
  return { head: ["Tag", "Sessions"], units: [null, "count"], rows: byAmount(words).map((word) => [word.tag, word.sessions]) }
}
