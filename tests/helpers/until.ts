import { waitUntil } from "../../scripts/lib/wait";

/** Waits for something that a test has set going. @throws Error that says what there is instead */
export async function until(there: () => boolean, instead: () => string, withinMs = 30_000): Promise<void> {
  const missing = () => Promise.resolve(there() ? undefined : instead());
  const stuck = await waitUntil(missing, { withinMs, everyMs: 20 });
  if (stuck !== undefined) throw new Error(stuck);
}
