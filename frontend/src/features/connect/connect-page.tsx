import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { CircleCheck, CircleDashed } from "lucide-react"
import { useEffect, type ReactNode } from "react"

import { homeChannel, useApi, useUser } from "@/api/context"
import { machineList } from "@/api/machines"
import { buttonClasses } from "@/components/button"
import { Page } from "@/components/page"
import { classes } from "@/lib/classes"

import { ConnectLine } from "./connect-line"
import { ConnectLocal } from "./connect-local"
import { useProgress } from "./progress"

/** First run: one line to paste, and a list that ticks itself. */
export function ConnectPage() {
  const api = useApi()
  const user = useUser()
  const machines = useQuery({ ...machineList(api), refetchInterval: 3_000, enabled: user.team_id !== null })
  const mine = machines.data?.items.filter((machine) => machine.user_id === user.id) ?? []
  const progress = useProgress(api.sessions, homeChannel(user), user.id)
  const { live } = api
  useEffect(() => {
    // An agent's first report can come a moment after the machine itself: then the socket has it anyway.
    if (mine.length > 0) live.retry()
  }, [live, mine.length])
  const connected = mine.length > 0 || progress.own > 0
  return (
    <Page title="Connect a machine" answer="Its coding sessions appear on the dashboard, and move as they are worked in.">
      <div className="grid items-start gap-4 pb-8 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="flex flex-col gap-4">
          <ConnectLocal />
          <ConnectLine />
          <section className="rounded-card border border-line bg-surface p-4 text-prose text-muted">
            <h2 className="mb-1 font-semibold text-text">What leaves the machine</h2>
            <p>
              Numbers: tokens, times, tool calls, errors; and names: project, branch, changed paths, commit subjects. The text of prompts
              and answers stays on the machine. <code className="font-mono text-body text-text">--dry-run</code> behind the line prints
              everything that would be sent, and sends nothing.
            </p>
          </section>
        </div>
        <section className="rounded-card border border-line bg-surface p-4" aria-labelledby="progress">
          <h2 id="progress" className="mb-3 text-prose font-semibold">
            How far you are
          </h2>
          <ol className="flex flex-col gap-3" aria-live="polite">
            <Step done={connected} title="Agent connected" testId="step-agent">
              {connected ? (mine.map((machine) => machine.hostname).join(", ") || "An agent has reported") : "Waiting for the first word of an agent"}
            </Step>
            <Step done={progress.own > 0} title="First session" testId="step-session">
              {progress.own > 0 ? `${progress.own} on the dashboard` : "Start your coding tool as you always do"}
            </Step>
            <Step done={progress.shared > 0} title="First share" testId="step-share">
              {progress.shared > 0 ? "Your team sees it" : "Choose “Share with team” on a session’s page or card"}
            </Step>
          </ol>
          <Link to="/" className={classes(buttonClasses(progress.own > 0 ? "primary" : "secondary"), "mt-4 w-full")}>
            Open the dashboard
          </Link>
        </section>
      </div>
    </Page>
  )
}

function Step({ done, title, children, testId }: { done: boolean; title: string; children: ReactNode; testId: string }) {
  const Icon = done ? CircleCheck : CircleDashed
  return (
    <li className="flex gap-2.5" data-testid={testId} data-done={done}>
      <Icon aria-hidden size={18} strokeWidth={1.5} className={classes("mt-px shrink-0", done ? "text-good" : "text-faint")} />
      <div className="min-w-0">
        <p className="font-medium">
          {title}
          <span className="sr-only">{done ? ": done" : ": not yet"}</span>
        </p>
        <p className="text-meta break-words text-muted">{children}</p>
      </div>
    </li>
  )
}
