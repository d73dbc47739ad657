import { RELOADER } from "../versions";
import { RESTRICTED } from "./shared";
import { SIZE } from "./sizes";

/** User and group of the image: nobody. */
const USER = 65534;
const PORT = 8080;
/** Where the chart puts Alloy's configuration. */
const FOLDER = "/etc/alloy";

/**
 * The sidecar that tells Alloy of a changed configuration. The chart has the same, but without a readiness probe, and that
 * one closes the door: it ends at once when its pod is deleted, and so the pod is not ready while Alloy waits (`preStop`).
 * Kubernetes would go on sending new connections to a pod that is about to end, as long as it is ready and the only one.
 */
export function reloaderContainer(imageRegistry: string | undefined) {
  return {
    name: "config-reloader",
    image: reloaderImage(imageRegistry),
    args: [
      `--watched-dir=${FOLDER}`,
      "--reload-url=http://localhost:12345/-/reload",
      `--listen-address=:${PORT}`,
    ],
    readinessProbe: {
      httpGet: { path: "/healthz", port: PORT },
      initialDelaySeconds: 2,
      periodSeconds: 1,
      failureThreshold: 1,
    },
    resources: SIZE.alloyReloader,
    securityContext: {
      ...RESTRICTED,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      runAsUser: USER,
      runAsGroup: USER,
    },
    volumeMounts: [{ name: "config", mountPath: FOLDER }],
  };
}

export function reloaderImage(imageRegistry: string | undefined): string {
  return `${imageRegistry ?? RELOADER.registry}/${RELOADER.image}`;
}
