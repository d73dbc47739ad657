import { ofType, type Recorded, type Recording } from "./record";

/** Inputs of a Helm release. */
export type ReleaseInputs = {
  name: string;
  namespace: string;
  chart: string;
  version?: string;
  repositoryOpts?: { repo: string };
  values: Record<string, unknown>;
};

/** The Helm releases, by the name that Helm knows them under. */
export function releases(recording: Recording): Record<string, ReleaseInputs> {
  const asked = ofType(recording, "kubernetes:helm.sh/v3:Release").map((r) => r.inputs as ReleaseInputs);
  return Object.fromEntries(asked.map((release) => [release.name, release]));
}

/** A Kubernetes object of ours, by its kind and the name it has in the cluster. */
export function object(recording: Recording, kind: string, name: string): Recorded | undefined {
  return recording.resources.find((r) => r.inputs.kind === kind && nameOf(r) === name);
}

/** The text that a ConfigMap holds under a key. */
export function configText(recording: Recording, name: string, key: string): string | undefined {
  const map = object(recording, "ConfigMap", name);
  return (map?.inputs.data as Record<string, string> | undefined)?.[key];
}

/** The name that people meet: the one in the cluster, or Pulumi's own. */
export function nameOf({ name, inputs }: Recorded): string {
  const metadata = inputs.metadata as { name?: string } | undefined;
  return metadata?.name ?? (typeof inputs.name === "string" ? inputs.name : name);
}
