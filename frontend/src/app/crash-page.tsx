import type { ErrorComponentProps } from "@tanstack/react-router"

import { Failure } from "@/components/notice"

/** A page that failed to draw. The frame around it stays. */
export function CrashPage({ error, reset }: ErrorComponentProps) {
  return (
    <div className="flex min-h-full items-center justify-center">
      <Failure title="This page failed" error={error} retry={reset} />
    </div>
  )
}
