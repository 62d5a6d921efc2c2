export interface FieldError {
  field: string
  message: string
}

/** What the server said is wrong (RFC 9457), with the id under which its logs know this request. */
export class Problem extends Error {
  override readonly name = "Problem"

  constructor(
    readonly status: number,
    readonly code: string,
    title: string,
    readonly detail: string | null,
    readonly fields: FieldError[],
    readonly correlationId: string | null,
    readonly retryAfterS: number | null,
  ) {
    super(title)
  }
}

/** The server could not be reached at all. */
export class Unreachable extends Error {
  override readonly name = "Unreachable"

  constructor() {
    super("The server cannot be reached")
  }
}

export async function problemOf(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>
  return new Problem(
    response.status,
    text(body.code) ?? `http_${response.status}`,
    text(body.title) ?? `The server answered ${response.status}`,
    text(body.detail),
    Array.isArray(body.errors) ? (body.errors as FieldError[]) : [],
    response.headers.get("X-Correlation-Id"),
    Number(response.headers.get("Retry-After")) || null,
  )
}

/** Trying the very same again can help: no answer, too many requests, or a fault of the server. */
export function isPassing(error: unknown): boolean {
  return error instanceof Unreachable || (error instanceof Problem && (error.status === 429 || error.status >= 500))
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null
}
