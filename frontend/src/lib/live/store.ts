import type { ServerFrame, Versioned } from "./frames"

export interface ChannelState {
  /** A snapshot has been taken in: an empty list now means that there is nothing. */
  readonly loaded: boolean
  readonly truncated: boolean
  readonly refused: boolean
}

const UNKNOWN: ChannelState = { loaded: false, truncated: false, refused: false }
const NOTHING: ReadonlySet<string> = new Set()

/**
 * What the server last said of each session, outside React. The newest version wins whatever the order of arrival;
 * what was deleted or taken away stays so until a newer version comes.
 */
export class LiveStore<S extends Versioned> {
  private readonly items = new Map<string, S>()
  private readonly gone = new Map<string, number>()
  private readonly members = new Map<string, ReadonlySet<string>>()
  private readonly channels = new Map<string, ChannelState>()
  private readonly shelves = new Set<string>()
  private readonly hidden = new Set<string>()
  private readonly itemListeners = new Map<string, Set<() => void>>()
  private readonly listeners = new Set<() => void>()

  get(id: string): S | undefined {
    return this.hidden.has(id) ? undefined : this.items.get(id)
  }

  /** Shows nothing of this one, whatever comes of it, until `unhide`: for what may yet be taken back. */
  hide(id: string): void {
    this.hidden.add(id)
    this.tellItem(id)
    this.tell()
  }

  unhide(id: string): void {
    if (!this.hidden.delete(id)) return
    this.tellItem(id)
    this.tell()
  }

  /** The server said that it is deleted, or nothing that may be seen here any more. */
  isGone(id: string): boolean {
    return this.gone.has(id) && !this.items.has(id)
  }

  isHidden(id: string): boolean {
    return this.hidden.has(id)
  }

  /** The same set object until a session enters or leaves the channel. */
  ids(channel: string): ReadonlySet<string> {
    return this.members.get(channel) ?? NOTHING
  }

  channel(channel: string): ChannelState {
    return this.channels.get(channel) ?? UNKNOWN
  }

  /** Called after a change of this one session. */
  watch(id: string, listener: () => void): () => void {
    const set = this.itemListeners.get(id) ?? new Set()
    this.itemListeners.set(id, set.add(listener))
    return () => {
      set.delete(listener)
      if (set.size === 0 && this.itemListeners.get(id) === set) this.itemListeners.delete(id)
    }
  }

  /** Called once after every frame that changed anything. */
  watchAll(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Takes in what came by another way than the socket, under the same rule. */
  put(session: S): void {
    if (this.offer(session)) this.tell()
  }

  /** Takes a list read over HTTP as a channel's content, for when no socket can be had. */
  fill(channel: string, sessions: readonly S[], truncated: boolean): void {
    this.snapshot(channel, sessions, truncated)
    this.tell()
  }

  /**
   * Keeps sessions read over HTTP under a name of the page's own. A shelf gives no right to stay: what leaves the
   * server's channels leaves it too.
   */
  shelve(shelf: string, sessions: readonly S[]): void {
    this.shelves.add(shelf)
    this.fill(shelf, sessions, false)
  }

  remove(id: string, version = this.items.get(id)?.version ?? 0): void {
    this.bury(id, version)
    this.tell()
  }

  apply(frame: ServerFrame<S>): void {
    if (this.take(frame)) this.tell()
  }

  clear(): void {
    const ids = [...this.items.keys()]
    for (const held of [this.items, this.gone, this.members, this.channels, this.hidden]) held.clear()
    for (const id of ids) this.tellItem(id)
    this.tell()
  }

  private take(frame: ServerFrame<S>): boolean {
    switch (frame.type) {
      case "batch":
        return frame.frames.map((inner) => this.take(inner)).some(Boolean)
      case "subscribed":
        if (frame.resumed) this.resume(frame.channel, frame.sessions)
        else this.snapshot(frame.channel, frame.sessions, frame.truncated)
        return true
      case "session_update":
      case "session_created":
      case "session_ended":
        return frame.left ? this.leave(frame.channel, frame.data) : this.enter(frame.channel, frame.data)
      case "session_deleted":
        this.bury(frame.data.session_id, frame.data.version ?? this.items.get(frame.data.session_id)?.version ?? 0)
        return true
      case "error":
        if (frame.channel) this.channels.set(frame.channel, { ...this.channel(frame.channel), refused: true })
        return Boolean(frame.channel)
      default:
        return false
    }
  }

  private snapshot(channel: string, sessions: readonly S[], truncated: boolean): void {
    for (const session of sessions) this.offer(session)
    const ids = sessions.filter((session) => this.items.has(session.id)).map((session) => session.id)
    const before = this.ids(channel)
    this.members.set(channel, new Set(ids))
    for (const id of before) if (!this.isHeld(id) && this.items.delete(id)) this.tellItem(id)
    this.channels.set(channel, { loaded: true, truncated, refused: false })
  }

  private resume(channel: string, sessions: readonly S[]): void {
    for (const session of sessions) this.enter(channel, session)
    this.channels.set(channel, { ...this.channel(channel), loaded: true, refused: false })
  }

  private enter(channel: string, session: S & { session_id?: string }): boolean {
    const id = session.session_id ?? session.id
    const changed = this.offer({ ...session, id })
    if (this.items.has(id) && !this.ids(channel).has(id)) {
      this.members.set(channel, new Set(this.ids(channel)).add(id))
      return true
    }
    return changed
  }

  /** The session no longer belongs here: it may still belong to another channel. */
  private leave(channel: string, data: { session_id: string; version?: number }): boolean {
    const id = data.session_id
    const held = this.items.get(id)
    if (!held) return false
    if (data.version !== undefined && data.version < held.version) return false
    const rest = new Set(this.ids(channel))
    rest.delete(id)
    this.members.set(channel, rest)
    if (!this.isMember(id)) this.bury(id, (data.version ?? held.version) - 1)
    return true
  }

  /** Whether any channel of the server still has it. */
  private isMember(id: string): boolean {
    return [...this.members].some(([channel, ids]) => !this.shelves.has(channel) && ids.has(id))
  }

  private isHeld(id: string): boolean {
    return [...this.members.values()].some((ids) => ids.has(id))
  }

  private bury(id: string, version: number): void {
    this.items.delete(id)
    this.gone.set(id, Math.max(version, this.gone.get(id) ?? -1))
    for (const [channel, ids] of this.members) {
      if (!ids.has(id)) continue
      const rest = new Set(ids)
      rest.delete(id)
      this.members.set(channel, rest)
    }
    this.tellItem(id)
  }

  private offer(session: S): boolean {
    const held = this.items.get(session.id)
    if (held && held.version >= session.version) return false
    if ((this.gone.get(session.id) ?? -1) >= session.version) return false
    this.gone.delete(session.id)
    this.items.set(session.id, session)
    this.tellItem(session.id)
    return true
  }

  private tellItem(id: string): void {
    for (const listener of [...(this.itemListeners.get(id) ?? [])]) listener()
  }

  private tell(): void {
    for (const listener of [...this.listeners]) listener()
  }
}
