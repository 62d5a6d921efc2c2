// Node's `ws` and `redis`: every message of a team's channel to every socket in its room.
import { createServer } from "node:http"
import { WebSocketServer } from "ws"
import { port, redis } from "./rooms.js"

const OPEN = 1
const AS_TEXT = { binary: false }
const rooms = new Map()
const subscriber = await redis()

async function join(socket, channel) {
  if (!rooms.has(channel)) {
    const room = new Set()
    rooms.set(channel, room)
    // Made a buffer once, so that it is not encoded again for each socket.
    await subscriber.subscribe(channel, (message) => {
      for (const member of room) if (member.readyState === OPEN) member.send(message, AS_TEXT)
    }, true)
  }
  rooms.get(channel).add(socket)
  socket.on("close", () => rooms.get(channel).delete(socket))
  socket.send(JSON.stringify({ type: "subscribed", channel }))
}

const http = createServer((_request, response) => response.end("alive\n"))
new WebSocketServer({ server: http, perMessageDeflate: false }).on("connection", (socket) => {
  socket.on("error", () => socket.terminate())
  socket.on("message", (text) => {
    const frame = JSON.parse(text)
    if (frame.type === "subscribe") void join(socket, frame.channel)
  })
})
http.listen(port, "127.0.0.1")
