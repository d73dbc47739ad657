/** Something a person can mend, told in one sentence that names how; printed without a stack trace. */
export class Fault extends Error {}

/** Ended by Ctrl-C before it was done; says how to go on. */
export class Ended extends Fault {}

/** What an error tells a person: the innermost cause, since `fetch` only says "fetch failed". */
export function reasonOf(error: unknown): string {
  const { cause, code, message } = error as { cause?: unknown; code?: unknown; message?: string };
  if (cause !== undefined) return reasonOf(cause);
  return typeof code === "string" ? code : (message ?? String(error));
}
