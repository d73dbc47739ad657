import type { Settings } from "../../../settings";
import { Fault, reasonOf } from "../fault";
import { proxiedFetch } from "../proxied";

const ANSWER_WITHIN_MS = 15_000;

/**
 * Looks whether the repositories of the charts answer, so that nothing is begun that cannot be brought to its end.
 * @throws Fault that names the one that does not
 */
export async function checkChartRepositories({ charts, components }: Settings): Promise<void> {
  const repos = new Map<string, string>();
  for (const name of components) {
    const chart = charts[name];
    if (chart.path === undefined && !chart.repo.startsWith("oci://")) repos.set(chart.repo, name);
  }
  await Promise.all([...repos].map(([repo, name]) => check(repo, name)));
}

async function check(repo: string, name: string): Promise<void> {
  const elsewhere = `name another place with \`pulumi config set --path charts.${name}.repo https://…\` (or .path with a folder)`;
  let status: number;
  try {
    const answer = await proxiedFetch(`${repo.replace(/\/+$/, "")}/index.yaml`, {
      method: "HEAD",
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    status = answer.status;
  } catch (error) {
    throw new Fault(
      `The chart repository ${repo} does not answer (${reasonOf(error)}): connect to the internet (HTTPS_PROXY is honoured), or ${elsewhere}.`,
    );
  }
  // Some mirrors refuse HEAD (405) or want a login (401), and that is for Helm to find out.
  if (status === 404 || status >= 500)
    throw new Fault(`The chart repository ${repo} answers ${status}: try again later, or ${elsewhere}.`);
}
