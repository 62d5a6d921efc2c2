import { mount } from "@/app/mount"
import { kept } from "@/lib/kept"
import type { Socket } from "@/lib/live/connection"

mount({
  origin: window.location.origin,
  fetch: (request) => window.fetch(request),
  openSocket: (url) => new WebSocket(url) as Socket,
  storage: kept,
})
