import type { ReactNode } from "react"

/** Before it is known who is there: nothing for the blink this takes, the reason when it fails. */
export function Splash({ children }: { children: ReactNode }) {
  return (
    <main className="flex min-h-full flex-col items-center justify-center gap-4" aria-busy={!children}>
      <img src="/icon.svg" alt="Team Dashboard" width={36} height={36} className="animate-late" />
      {children}
    </main>
  )
}
