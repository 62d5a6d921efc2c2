import { Terminal } from "lucide-react"

import { useCreateToken } from "@/api/tokens"
import { Button } from "@/components/button"
import { CopyButton, Failure } from "@/components/notice"

/** The line to paste. Its token is made when asked for, because the server shows it only once. */
export function ConnectLine() {
  const create = useCreateToken()
  const today = new Date().toISOString().slice(0, 10)
  const make = () => create.mutate({ name: `Agent, ${today}`, scopes: ["agent"] })
  return (
    <section className="rounded-card border border-line bg-surface p-4" aria-labelledby="line">
      <h2 id="line" className="flex items-center gap-2 text-prose font-semibold">
        <Terminal aria-hidden size={16} strokeWidth={1.5} />
        Any machine: paste one line
      </h2>
      <p className="mt-1 mb-3 text-prose text-muted">
        It needs Python 3.11 and the package <code className="font-mono text-body text-text">llm-session-manager</code>. The token in it can
        only send reports; revoke it under Settings.
      </p>
      {create.data ? (
        <>
          <pre
            data-testid="connect-line"
            tabIndex={0}
            aria-label="The line to paste"
            className="mb-3 rounded-md border border-line bg-canvas p-3 font-mono text-body break-all whitespace-pre-wrap"
          >
            {connectLine(window.location.origin, create.data.token)}
          </pre>
          <CopyButton text={connectLine(window.location.origin, create.data.token)} label="Copy the line" />
          <p className="mt-2 text-meta text-muted">The token is shown this one time.</p>
        </>
      ) : (
        <Button busy={create.isPending} onClick={make}>
          Show the line to paste
        </Button>
      )}
      {create.isError && <Failure title="No token could be made" error={create.error} retry={make} />}
    </section>
  )
}

export function connectLine(origin: string, token: string): string {
  return `python -m llm_session_manager.cli agent --dashboard-url ${origin} --token ${token}`
}
