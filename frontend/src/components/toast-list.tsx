import { X } from "lucide-react"
import { Toast } from "radix-ui"

import { Button } from "./button"
import type { Message } from "./toasts"

interface Props {
  messages: readonly Message[]
  drop: (message: Message) => void
  takeBack: (message: Message) => void
}

/** What was said, at the edge of the screen. */
export function ToastList({ messages, drop, takeBack }: Props) {
  return (
    <Toast.Provider swipeDirection="down" duration={8_000}>
      {messages.map((message) => (
        <Toast.Root
          key={message.id}
          onOpenChange={(open) => !open && drop(message)}
          className="flex w-full animate-appear items-center gap-2 rounded-card border border-line bg-raised py-1.5 pr-1.5 pl-4 shadow-floating"
        >
          <Toast.Title className="flex-1 text-body">{message.text}</Toast.Title>
          {message.undo && (
            <Toast.Action asChild altText={`Undo: ${message.text}`}>
              <Button look="ghost" onClick={() => takeBack(message)}>
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
  )
}
