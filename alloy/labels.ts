/** Label `job` of what the pods of a release tell of themselves (`own-metrics.alloy`). */
export function jobOf(release: string): string {
  return `watchtower/${release}`;
}

/** The second path: its exporter's name (`sumo.alloy`), and so the label `path` of what Alloy tells of it. */
export const SECOND = "sumo";
