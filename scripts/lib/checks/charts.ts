import type { Settings } from "../../../settings";
import { reasonOf } from "../fault";
import { type Finding, refuseWrong } from "../finding";
import { proxiedFetch } from "../proxied";

const ANSWER_WITHIN_MS = 15_000;

/**
 * Looks whether the repositories of the charts answer, so that nothing is begun that cannot be brought to its end.
 * @throws Fault that names the one that does not
 */
export async function checkChartRepositories(settings: Settings): Promise<void> {
  refuseWrong(await chartRepositories(settings));
}

/** Looks at each repository that a part of this stack comes from. */
export function chartRepositories({ charts, components }: Settings): Promise<Finding[]> {
  const repos = new Map<string, string>();
  for (const name of components) {
    const chart = charts[name];
    if (chart.path === undefined && !chart.repo.startsWith("oci://")) repos.set(chart.repo, name);
  }
  return Promise.all([...repos].map(([repo, name]) => look(repo, name)));
}

async function look(repo: string, chart: string): Promise<Finding> {
  const elsewhere = `name another place with \`pulumi config set --path charts.${chart}.repo https://…\` (or .path with a folder)`;
  const wrong = (saw: string, mend: string): Finding => ({
    name: "charts",
    state: "wrong",
    saw: `The chart repository ${repo} ${saw}`,
    mend: `${mend}, or ${elsewhere}`,
  });
  try {
    const { status } = await proxiedFetch(`${repo.replace(/\/+$/, "")}/index.yaml`, {
      method: "HEAD",
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    // Some mirrors refuse HEAD (405) or want a login (401), and that is for Helm to find out.
    if (status === 404 || status >= 500) return wrong(`answers ${status}`, "try again later");
    return { name: "charts", state: "ok", saw: `${repo} answers` };
  } catch (error) {
    return wrong(`does not answer (${reasonOf(error)})`, "connect to the internet (HTTPS_PROXY is honoured)");
  }
}
