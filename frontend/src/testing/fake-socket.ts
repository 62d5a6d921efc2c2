import type { Socket } from "@/lib/live/connection"
import type { ClientFrame, ServerFrame } from "@/lib/live/frames"

/** A socket whose other end is in the hands of a test. */
export class FakeSocket<S = unknown> implements Socket {
  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: ((event: { code: number; reason: string }) => void) | null = null
  readonly sent: ClientFrame[] = []
  closedWith: number | null = null

  constructor(
    readonly url: string,
    private readonly onSend: (frame: ClientFrame, socket: FakeSocket<S>) => void = () => undefined,
  ) {}

  send(text: string): void {
    const frame = JSON.parse(text) as ClientFrame
    this.sent.push(frame)
    this.onSend(frame, this)
  }

  close(code = 1005): void {
    this.closedWith = code
    this.onclose?.({ code, reason: "" })
  }

  /** The server accepts. */
  accept(): void {
    this.onopen?.()
  }

  /** The server says something. */
  say(frame: ServerFrame<S>): void {
    this.onmessage?.({ data: JSON.stringify(frame) })
  }

  /** The server, or the network, ends it. */
  end(code: number, reason = ""): void {
    this.onclose?.({ code, reason })
  }

  sentOf<T extends ClientFrame["type"]>(type: T): Extract<ClientFrame, { type: T }>[] {
    return this.sent.filter((frame): frame is Extract<ClientFrame, { type: T }> => frame.type === type)
  }
}
