import { record, type Recorded, type Recording } from "../../scripts/lib/record";
import { nameOf, releases } from "../../scripts/lib/recorded";

export const ENDPOINT = { sumoEndpoint: "https://sumo.example/receiver/v1/otlp/token" };
export const dual = (more: Record<string, string> = {}) => record({ ...ENDPOINT, ...more }, ["sumoEndpoint"]);
export const standIn = () => record();
export const localOnly = (more: Record<string, string> = {}) => record({ sumoEnabled: "false", ...more });
export const existing = (more: Record<string, string> = {}) => record({ kubeContext: "mine", ...more });
export const only = (...components: string[]) => record({ components: JSON.stringify(components) });

export function released(recording: Recording): string[] {
  return Object.keys(releases(recording)).sort();
}

export function named({ resources }: Recording): string[] {
  return resources.map((r) => `${r.type.split(":").at(-1)} ${nameOf(r)}`);
}

/** Resources that are not the same in both, or only in one. */
export function differing(a: Recording, b: Recording): string[] {
  const find = (r: Recorded, { resources }: Recording) => resources.find((other) => other.urn === r.urn);
  const changed = [...a.resources, ...b.resources].filter(
    (r) => JSON.stringify(find(r, a)) !== JSON.stringify(find(r, b)),
  );
  return [...new Set(changed.map((r) => r.name))].sort();
}
