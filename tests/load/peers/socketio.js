// socket.io with its Redis adapter, which brings what anybody emits to a room to the sockets of every server.
import { createServer } from "node:http"
import { createAdapter } from "@socket.io/redis-adapter"
import { Server } from "socket.io"
import { port, redis } from "./rooms.js"

const MINUTES = 60_000
// What is published comes from another program, which writes JSON.
const parser = { encode: (message) => JSON.stringify(message), decode: (bytes) => JSON.parse(bytes) }
const http = createServer((_request, response) => response.end("alive\n"))
const server = new Server(http, {
  transports: ["websocket"],
  perMessageDeflate: false,
  pingInterval: 10 * MINUTES,
  adapter: createAdapter(await redis(), await redis(), { parser }),
})
server.on("connection", (socket) => {
  socket.on("subscribe", (channel) => {
    socket.join(channel)
    socket.emit("subscribed", channel)
  })
})
http.listen(port, "127.0.0.1")
