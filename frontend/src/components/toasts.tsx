import { createContext, lazy, Suspense, use, useCallback, useRef, useState, type ReactNode } from "react"

// Most pages are left before anything is said.
const ToastList = lazy(async () => ({ default: (await import("./toast-list")).ToastList }))

export interface Message {
  id: number
  text: string
  undo?: () => void
  gone?: () => void
}

/** `gone` is called when the message leaves without its undo having been pressed: what it said is then for good. */
type Say = (text: string, undo?: () => void, gone?: () => void) => void

const ToastContext = createContext<Say>(() => undefined)

/** Says what was just done, with a way back. */
export function useToast(): Say {
  return use(ToastContext)
}

export function Toasts({ children }: { children: ReactNode }) {
  const [messages, setMessages] = useState<Message[]>([])
  const undone = useRef(new Set<number>())
  const said = useRef(0)
  const [isUsed, setUsed] = useState(false)
  const say = useCallback<Say>((text, undo, gone) => {
    setUsed(true)
    const message = { id: ++said.current, text, ...(undo ? { undo } : {}), ...(gone ? { gone } : {}) }
    setMessages((held) => [...fewer(held), message])
  }, [])
  const drop = ({ id, gone }: Message) => {
    setMessages((held) => held.filter((message) => message.id !== id))
    if (!undone.current.has(id)) gone?.()
  }
  const takeBack = ({ id, undo }: Message) => {
    undone.current.add(id)
    undo?.()
  }
  return (
    <ToastContext value={say}>
      {children}
      {isUsed && (
        <Suspense>
          <ToastList messages={messages} drop={drop} takeBack={takeBack} />
        </Suspense>
      )}
    </ToastContext>
  )
}

const MOST = 3

/** Room for one more: the oldest goes, but never one that something still hangs on. */
function fewer(held: readonly Message[]): Message[] {
  const free = held.filter((message) => !message.gone)
  return held.length < MOST ? [...held] : held.filter((message) => message !== free[0])
}
