/** A time from and to, in milliseconds since 1970. */
export interface Range {
  fromMs: number;
  toMs: number;
}

/** As long as that range, for a range vector of PromQL or LogQL. */
export function windowOf({ fromMs, toMs }: Range): string {
  return `${Math.ceil((toMs - fromMs) / 1000)}s`;
}
