const FIRST_MS = 500;

/** How long to wait before each further attempt: longer each time up to a bound, and not in step with other senders. */
export function* backoff(longestMs: number): Generator<number, never> {
  for (let ms = FIRST_MS; ; ms = Math.min(ms * 1.5, longestMs)) yield ms * (0.8 + 0.4 * Math.random());
}
