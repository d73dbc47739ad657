import type { Settings } from "../../../settings";
import { reasonOf } from "../fault";
import type { Finding } from "../finding";
import { proxiedFetch } from "../proxied";

const ANSWER_WITHIN_MS = 5_000;

/** Where the charts' images come from where no `imageRegistry` is set: Grafana's own, and the sidecars' of Alloy and Tempo. */
const REGISTRIES = ["registry-1.docker.io", "quay.io"];

/**
 * Looks whether the registries of the images answer from here. None is worse than a warning: Docker may have an image
 * already, or a mirror of its own.
 */
export function registries({ imageRegistry, cluster }: Settings): Promise<Finding[]> {
  const own = imageRegistry?.split("/")[0];
  const hosts = new Set(own === undefined ? REGISTRIES : [own]);
  if (cluster.kind === "kind") hosts.add(hostOf(cluster.nodeImage));
  return Promise.all([...hosts].map(look));
}

/** Docker's own rule: what stands before the first slash is a host when it looks like one. */
function hostOf(image = ""): string {
  const [first = "", ...rest] = image.split("/");
  return rest.length > 0 && /[.:]|^localhost$/.test(first) ? first : REGISTRIES[0]!;
}

async function look(host: string): Promise<Finding> {
  const name = "images";
  try {
    const { status } = await ask(`https://${host}/v2/`).catch(() => ask(`http://${host}/v2/`));
    // 401 is what a registry says to whoever has not logged in yet.
    if (status < 500 && status !== 404) return { name, state: "ok", saw: `${host} answers` };
    return { ...notThere(host, `answers ${status}`), name };
  } catch (error) {
    return { ...notThere(host, `does not answer (${reasonOf(error)})`), name };
  }
}

function ask(url: string) {
  return proxiedFetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
}

function notThere(host: string, what: string): Omit<Finding, "name"> {
  return {
    state: "warn",
    saw: `The image registry ${host} ${what} from here, and images that Docker does not have yet come from there`,
    mend: "connect to the internet (HTTPS_PROXY is honoured), or name a mirror with `pulumi config set imageRegistry …`",
  };
}
