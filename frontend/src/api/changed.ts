import { Problem } from "./problem"

/** Somebody else changed the very thing that was to be changed; what it is now is in `now`. */
export class Overtaken<T = unknown> extends Error {
  override readonly name = "Overtaken"

  constructor(readonly now: T) {
    super("Somebody else changed it meanwhile")
  }
}

/** What somebody else has made of it, or null where that is not what went wrong. `T` is what was being changed. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- who asks knows what was being changed
export function overtakenBy<T>(error: unknown): T | null {
  return error instanceof Overtaken ? (error.now as T) : null
}

/** Changes what is still as it was seen. Raises Overtaken, with what `read` finds, where it is not. */
export async function changing<T>(change: () => Promise<T>, read: () => Promise<T>): Promise<T> {
  try {
    return await change()
  } catch (error) {
    if (error instanceof Problem && error.status === 412) throw new Overtaken(await read())
    throw error
  }
}

export const ifMatch = (version: number) => ({ "if-match": `"${version}"` })
