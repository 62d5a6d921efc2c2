export function json(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } })
}

export function nothing(): Response {
  return new Response(null, { status: 204 })
}

export function problem(status: number, code: string, detail?: string, field?: string): Response {
  const errors = field ? { errors: [{ field, message: detail }] } : {}
  const body = { type: "about:blank", title: `Error ${status}`, status, code, ...(detail ? { detail } : {}), ...errors }
  return new Response(JSON.stringify(body), {
    status,
    headers: { "Content-Type": "application/problem+json", "X-Correlation-Id": "c0ffee-4242" },
  })
}
