import { Fault, reasonOf } from "../lib/fault";
import { grafanaOf } from "../lib/grafana";
import { type Load, type Sent, type StartLoad, tellSent } from "../lib/load";
import type { Range } from "../lib/query/range";
import type { Stack } from "../lib/stack";
import type { Patience } from "../lib/wait";
import { type Check, type Question, settle } from "./checks";
import { correlationQuestions } from "./correlation";
import { dashboardQuestions, readDashboards } from "./dashboards";
import { evaluatingQuestions } from "./evaluating";
import { linkQuestions } from "./links";
import type { Ground } from "./samples";
import { readDataSources } from "./sources";

/** What a look at everything works with. */
export interface AllTools {
  startLoad: StartLoad;
  patience: Patience;
  /** Hears of each check once it is final. */
  tell: (check: Check) => void;
}

/** Without a load of our own: what the dashboards show. */
const LOOK_BACK_MS = 15 * 60_000;
/** A request that ended with the load's beginning began before it. */
const LEAD_MS = 10_000;

/**
 * Sends a load, if one is asked for, and looks at all that is to be made of it: dashboards, correlation, links, and the
 * queries of docs/evaluating-lgtm.md.
 * @throws Fault when there is no Grafana to look through, or the load cannot be sent
 */
export async function verifyAll(stack: Stack, load: Load | undefined, tools: AllTools): Promise<Check[]> {
  const { components, otlp } = stack;
  const grafana = grafanaOf(stack);
  const [sources, dashboards] = await Promise.all([readDataSources(grafana), readDashboards(grafana)]).catch(
    (error: unknown) => {
      throw error instanceof Fault
        ? error
        : new Fault(`Grafana does not tell what it has: ${reasonOf(error)}.`);
    },
  );
  const begin = Date.now() - LEAD_MS;
  const sent = load && otlp ? await tools.startLoad(otlp, load).ended : undefined;
  const range = (): Range => {
    const toMs = Date.now();
    return { fromMs: sent ? begin : toMs - LOOK_BACK_MS, toMs };
  };
  const ground: Ground = { grafana, components, range };
  const questions = [
    ...(sent ? [loadQuestion(sent)] : []),
    ...dashboards.flatMap((dashboard) => dashboardQuestions(grafana, sources, dashboard)),
    ...correlationQuestions(ground, sent && { requests: sent.requests.made, failed: sent.requests.failing }),
    ...linkQuestions(ground, sources),
    ...evaluatingQuestions(ground, sources),
  ];
  return settle(questions, tools.patience, tools.tell);
}

function loadQuestion(sent: Sent): Question {
  const note = tellSent(sent);
  const look = () => (sent.delivered ? Promise.resolve(note) : Promise.reject(new Error(note)));
  return { area: "load", name: "load generator", look };
}
