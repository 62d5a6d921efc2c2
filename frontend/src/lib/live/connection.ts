import { askedWait, backoff, BACKOFF_CAP_MS } from "./backoff"
import { parseFrame, type ClientFrame, type Filters, type ServerFrame } from "./frames"

export const PING_EVERY_MS = 20_000
export const PONG_WITHIN_MS = 10_000
export const STALE_AFTER_MS = 10_000

/** What of a browser's WebSocket is used. */
export interface Socket {
  onopen: (() => void) | null
  onmessage: ((event: { data: unknown }) => void) | null
  onclose: ((event: { code: number; reason: string }) => void) | null
  send(text: string): void
  close(code?: number): void
}

export type Phase = "connecting" | "live" | "reconnecting" | "stale"

/** `since` is the moment of the last word from the server, known once there was one. `refused`: it will not be tried again. */
export interface LiveState {
  readonly phase: Phase
  readonly since: number | null
  readonly refused: boolean
}

export interface ConnectionOptions<S> {
  url: string
  open: (url: string) => Socket
  /** A token that can be used now, or null when nobody is signed in. */
  token: () => Promise<string | null>
  /** Replaces a token the server refused; null when the person has to sign in again. */
  renew: () => Promise<string | null>
  onFrame: (frame: ServerFrame<S>) => void
  random?: () => number
}

interface Subscription {
  filters: Filters
  cursor: string | null
  whole: boolean
}

/**
 * One WebSocket that comes back by itself. It authenticates, subscribes, resumes from the last cursor, and says
 * truthfully whether what is shown is current: `live` only when every subscription has been answered.
 */
export class Connection<S> {
  private readonly channels = new Map<string, Subscription>()
  private readonly listeners = new Set<() => void>()
  private socket: Socket | null = null
  private ready = false
  private shown: string | null = null
  private attempt = 0
  private running = false
  private retryTimer: ReturnType<typeof setTimeout> | undefined
  private pingTimer: ReturnType<typeof setTimeout> | undefined
  private staleTimer: ReturnType<typeof setTimeout> | undefined
  private current: LiveState = { phase: "connecting", since: null, refused: false }

  constructor(private readonly options: ConnectionOptions<S>) {}

  readonly state = (): LiveState => this.current

  readonly onState = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  start(): void {
    if (this.running) return
    this.running = true
    this.attempt = 0
    this.move({ phase: "connecting", since: null, refused: false })
    this.watchStaleness()
    void this.connect(this.options.token)
  }

  stop(): void {
    this.running = false
    this.channels.clear()
    this.clearTimers()
    this.drop()
  }

  /** Replaces an earlier subscription of the same channel. Its answer is a fresh snapshot. */
  subscribe(channel: string, filters: Filters = {}): void {
    const subscription = { filters, cursor: null, whole: false }
    this.channels.set(channel, subscription)
    if (this.ready) this.sendSubscribe(channel, subscription)
  }

  unsubscribe(channel: string): void {
    if (this.channels.delete(channel) && this.ready) this.send({ type: "unsubscribe", channel })
  }

  /** Tries now instead of when the back-off says: a person asked, the network came back, or the tab was opened again. */
  retry(): void {
    if (!this.running) return
    if (this.ready) return this.ping()
    if (this.socket) return
    this.attempt = 0
    this.current = { ...this.current, refused: false }
    this.schedule(0)
  }

  private async connect(token: () => Promise<string | null>): Promise<void> {
    const value = await token().catch(() => undefined)
    if (!this.running || this.socket) return
    if (value === undefined) return this.schedule(this.nextWait())
    if (value === null) return this.refuse()
    const socket = this.options.open(this.options.url)
    this.socket = socket
    let opened = false
    socket.onopen = () => {
      opened = this.ready = true
      this.shown = value
      this.send({ type: "auth", token: value })
      for (const [channel, subscription] of this.channels) this.sendSubscribe(channel, subscription)
      this.ping()
    }
    socket.onmessage = (event) => this.receive(event.data)
    socket.onclose = (event) => this.closed(socket, event.code, event.reason, opened)
  }

  private receive(data: unknown): void {
    const frame = parseFrame<S>(data)
    if (!frame) return
    this.armPing()
    this.take(frame)
    this.current = { ...this.current, since: Date.now() }
    if (this.whole()) this.becomeLive()
    else if (this.current.phase === "live") this.loseTouch()
  }

  private take(frame: ServerFrame<S>): void {
    if (frame.type === "batch") return frame.frames.forEach((inner) => this.take(inner))
    const subscription = "channel" in frame && frame.channel ? this.channels.get(frame.channel) : undefined
    // Frames of a channel that was left a moment ago are still under way: they mean nothing any more.
    if ("channel" in frame && frame.channel && !subscription) return
    if (subscription && "cursor" in frame && frame.cursor) subscription.cursor = frame.cursor
    if (subscription && (frame.type === "subscribed" || frame.type === "error")) subscription.whole = true
    // A fresh snapshot follows by itself; until it is here, this is not live.
    if (subscription && frame.type === "resync") this.startOver(subscription)
    this.options.onFrame(frame)
  }

  private startOver(subscription: Subscription): void {
    subscription.cursor = null
    subscription.whole = false
  }

  private sendSubscribe(channel: string, subscription: Subscription): void {
    subscription.whole = false
    const { filters, cursor } = subscription
    this.send({ type: "subscribe", channel, filters, ...(cursor === null ? {} : { since: cursor }) })
  }

  private closed(socket: Socket, code: number, reason: string, opened: boolean): void {
    if (this.socket !== socket) return
    this.socket = null
    this.ready = false
    clearTimeout(this.pingTimer)
    if (!this.running) return
    if (code === 4403) return this.refuse()
    if (this.current.phase === "live") this.loseTouch()
    // A token runs out every few minutes: the first refusal is no fault and needs no pause.
    const expired = code === 4401 && opened && this.attempt === 0
    const wait = this.nextWait()
    const source = code === 4401 ? this.options.renew : this.options.token
    // "Too many" is no matter of jitter: it needs the full pause.
    this.schedule(expired ? 0 : (askedWait(reason) ?? (code === 4429 ? BACKOFF_CAP_MS : wait)), source)
  }

  private nextWait(): number {
    return backoff(this.attempt++, this.options.random)
  }

  private schedule(wait: number, token = this.options.token): void {
    clearTimeout(this.retryTimer)
    this.retryTimer = setTimeout(() => void this.connect(token), wait)
  }

  private refuse(): void {
    clearTimeout(this.staleTimer)
    this.move({ ...this.current, phase: "stale", refused: true })
  }

  private becomeLive(): void {
    this.attempt = 0
    clearTimeout(this.staleTimer)
    if (this.current.phase !== "live") this.move({ ...this.current, phase: "live", refused: false })
  }

  private loseTouch(): void {
    this.move({ ...this.current, phase: "reconnecting" })
    this.watchStaleness()
  }

  private whole(): boolean {
    return this.socket !== null && [...this.channels.values()].every((subscription) => subscription.whole)
  }

  private watchStaleness(): void {
    clearTimeout(this.staleTimer)
    this.staleTimer = setTimeout(() => this.move({ ...this.current, phase: "stale" }), STALE_AFTER_MS)
  }

  /** Asks for a sign of life; a socket that gives none is dead however open it looks. */
  private ping(): void {
    clearTimeout(this.pingTimer)
    void this.renewQuietly()
    this.send({ type: "ping" })
    const asked = this.socket
    this.pingTimer = setTimeout(() => asked && this.abandon(asked), PONG_WITHIN_MS)
  }

  /** A newer token keeps the socket open beyond the life of the one it was opened with. */
  private async renewQuietly(): Promise<void> {
    const socket = this.socket
    const token = await this.options.token().catch(() => null)
    if (token === null || token === this.shown || socket !== this.socket || !this.ready) return
    this.shown = token
    this.send({ type: "auth", token })
  }

  private armPing(): void {
    clearTimeout(this.pingTimer)
    this.pingTimer = setTimeout(() => this.ping(), PING_EVERY_MS)
  }

  private abandon(socket: Socket): void {
    socket.onmessage = null
    socket.close()
    this.closed(socket, 1006, "", true)
  }

  private drop(): void {
    const socket = this.socket
    this.socket = null
    this.ready = false
    if (socket) {
      socket.onmessage = null
      socket.onclose = null
      socket.close(1000)
    }
  }

  private send(frame: ClientFrame): void {
    this.socket?.send(JSON.stringify(frame))
  }

  private clearTimers(): void {
    clearTimeout(this.retryTimer)
    clearTimeout(this.pingTimer)
    clearTimeout(this.staleTimer)
  }

  private move(state: LiveState): void {
    this.current = state
    for (const listener of this.listeners) listener()
  }
}
