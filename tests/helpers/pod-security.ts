import type { V1ServiceAccount } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { containersOf, type Pod } from "./render";

/** Kinds of volume that the Pod Security Standard "restricted" allows. */
const VOLUMES = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "persistentVolumeClaim",
  "projected",
  "secret",
];

/** What the Pod Security Standard "restricted" has against a pod. */
export function restrictedFaults(pod: Pod): string[] {
  const { spec, owner } = pod;
  const ofPod = spec.securityContext ?? {};
  const faults: [boolean, string][] = [
    [spec.hostNetwork ?? false, "hostNetwork"],
    [spec.hostPID ?? false, "hostPID"],
    [spec.hostIPC ?? false, "hostIPC"],
    ...(spec.volumes ?? []).flatMap(({ name, ...source }) =>
      Object.keys(source).map((kind): [boolean, string] => [!VOLUMES.includes(kind), `${kind} ${name}`]),
    ),
    ...containersOf(pod).flatMap(({ name, ports = [], securityContext: own = {} }) => {
      const seccomp = (own.seccompProfile ?? ofPod.seccompProfile)?.type;
      const checks: [boolean, string][] = [
        [own.privileged ?? false, "privileged"],
        [own.allowPrivilegeEscalation !== false, "allowPrivilegeEscalation"],
        [!own.capabilities?.drop?.includes("ALL"), "keeps capabilities"],
        [(own.capabilities?.add ?? []).length > 0, "adds capabilities"],
        [(own.runAsNonRoot ?? ofPod.runAsNonRoot) !== true, "may run as root"],
        [(own.runAsUser ?? ofPod.runAsUser) === 0, "runs as root"],
        [seccomp !== "RuntimeDefault", "no seccomp profile"],
        [ports.some(({ hostPort }) => hostPort !== undefined), "hostPort"],
      ];
      return checks.map(([bad, what]): [boolean, string] => [bad, `${name}: ${what}`]);
    }),
  ];
  return faults.filter(([bad]) => bad).map(([, what]) => `${owner}: ${what}`);
}

/** Whether the pod is given a token of the cluster's API: it decides, else its account, else yes. */
export function hasToken({ spec }: Pod, accounts: V1ServiceAccount[]): boolean {
  const account = accounts.find(({ metadata }) => metadata?.name === spec.serviceAccountName);
  return spec.automountServiceAccountToken ?? account?.automountServiceAccountToken ?? true;
}
