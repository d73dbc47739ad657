/** A place that a signal has to turn up in. */
export interface Lookout {
  path: "local" | "second";
  /** Who is to have it. */
  place: string;
  /** Looks once: says what is missing, or undefined. */
  missing: () => Promise<string | undefined>;
  /** Says more of what was not found. */
  whyStuck?: () => Promise<string>;
}
