import { X } from "lucide-react"
import { Toast } from "radix-ui"
import { createContext, use, useCallback, useState, type ReactNode } from "react"

import { Button } from "./button"

interface Message {
  id: number
  text: string
  undo?: () => void
}

type Say = (text: string, undo?: () => void) => void

const ToastContext = createContext<Say>(() => undefined)

/** Says what was just done, with a way back. */
export function useToast(): Say {
  return use(ToastContext)
}

export function Toasts({ children }: { children: ReactNode }) {
  const [messages, setMessages] = useState<Message[]>([])
  const say = useCallback<Say>((text, undo) => {
    setMessages((held) => [...held.slice(-2), { id: (held.at(-1)?.id ?? 0) + 1, text, ...(undo ? { undo } : {}) }])
  }, [])
  const drop = (id: number) => setMessages((held) => held.filter((message) => message.id !== id))
  return (
    <ToastContext value={say}>
      <Toast.Provider swipeDirection="down" duration={8_000}>
        {children}
        {messages.map(({ id, text, undo }) => (
          <Toast.Root
            key={id}
            onOpenChange={(open) => !open && drop(id)}
            className="flex w-full animate-appear items-center gap-2 rounded-card border border-line bg-raised py-1.5 pr-1.5 pl-4 shadow-floating"
          >
            <Toast.Title className="flex-1 text-body">{text}</Toast.Title>
            {undo && (
              <Toast.Action asChild altText={`Undo: ${text}`}>
                <Button look="ghost" onClick={undo}>
                  Undo
                </Button>
              </Toast.Action>
            )}
            <Toast.Close asChild>
              <Button look="ghost" square aria-label="Dismiss">
                <X aria-hidden size={16} strokeWidth={1.5} />
              </Button>
            </Toast.Close>
          </Toast.Root>
        ))}
        <Toast.Viewport className="fixed right-4 bottom-20 z-50 flex w-[min(24rem,calc(100vw-2rem))] flex-col gap-2 sm:bottom-4" />
      </Toast.Provider>
    </ToastContext>
  )
}
