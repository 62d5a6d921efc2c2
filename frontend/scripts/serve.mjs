import { randomBytes } from "node:crypto"
import { readFile } from "node:fs/promises"
import { createServer } from "node:http"
import { extname, join, normalize } from "node:path"

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
}

/** Serves a built page on loopback under the policy that the product's own server sets. */
export async function serve(folder) {
  const server = createServer(async (request, response) => {
    const path = normalize(new URL(request.url, "http://page").pathname)
    const file = extname(path) ? path : "/index.html"
    const nonce = randomBytes(16).toString("base64")
    try {
      const content = await readFile(join(folder, file))
      response.writeHead(200, {
        "Content-Type": TYPES[extname(file)] ?? "application/octet-stream",
        "Content-Security-Policy":
          `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data:; font-src 'self'; ` +
          "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
      })
      response.end(file === "/index.html" ? content.toString().replaceAll("__CSP_NONCE__", nonce) : content)
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready))
  return { origin: `http://127.0.0.1:${server.address().port}`, close: () => server.close() }
}
