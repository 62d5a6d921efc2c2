// Who listens to which channel of Redis, and what each peer is told when it starts.
import { createClient } from "redis"

export const port = Number(process.env.PORT)

export async function redis() {
  const client = createClient({ url: process.env.REDIS_URL })
  client.on("error", (error) => console.error("redis:", error.message))
  await client.connect()
  return client
}
