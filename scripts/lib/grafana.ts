import { Fault, reasonOf } from "./fault";
import { readPart, requireRuns } from "./parts";
import { howToReach, type Stack } from "./stack";

/** What a data source said. */
export interface Answer {
  status: number;
  body: string;
}

/** Grafana does not answer at its address. */
export class Silent extends Fault {
  constructor(
    /** What is seen of it, without what to do. */
    readonly what: string,
    mend: string,
  ) {
    super(`${what}: ${mend}.`);
  }
}

const ANSWER_WITHIN_MS = 10_000;

/**
 * The Grafana of a stack.
 * @param withinMs how long to wait for an answer of its
 * @throws Fault when the stack runs without one
 */
export function grafanaOf(stack: Stack, withinMs?: number): Grafana {
  requireRuns(readPart("grafana"), stack);
  return new Grafana({ ...stack, grafana: stack.grafana! }, withinMs);
}

/** Grafana, and its data sources asked as Grafana itself asks them. */
export class Grafana {
  private readonly url: string;
  private readonly authorization: string;

  /** @param withinMs how long to wait for an answer */
  constructor(
    private readonly stack: Stack & Required<Pick<Stack, "grafana">>,
    private readonly withinMs = ANSWER_WITHIN_MS,
  ) {
    const { url, user, password } = stack.grafana;
    this.url = url;
    this.authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  }

  /**
   * Asks a data source's own API through Grafana's proxy.
   * @throws Fault when Grafana does not answer, or does not let us in
   */
  ask(uid: string, path: string, query: Record<string, string> = {}): Promise<Answer> {
    return this.get(`/api/datasources/proxy/uid/${encodeURIComponent(uid)}${path}`, query);
  }

  /**
   * Asks Grafana's own API.
   * @throws Fault when Grafana does not answer, or does not let us in
   */
  async get(path: string, query: Record<string, string> = {}): Promise<Answer> {
    const url = `${this.url}${path}?${new URLSearchParams(query).toString()}`;
    const signal = AbortSignal.timeout(this.withinMs);
    try {
      const answer = await fetch(url, {
        headers: { authorization: this.authorization, accept: "application/json" },
        signal,
      });
      if (answer.status === 401 || answer.status === 403) throw this.keptOut(answer.status);
      return { status: answer.status, body: await answer.text() };
    } catch (error) {
      if (error instanceof Fault) throw error;
      // The data source hangs, not Grafana: what a less patient proxy would say.
      if (signal.aborted) return { status: 504, body: `Nothing within ${this.withinMs / 1000} s` };
      const what = `Grafana does not answer at ${this.url} (${reasonOf(error)})`;
      throw new Silent(what, howToReach(this.stack));
    }
  }

  private keptOut(status: number): Fault {
    return new Fault(
      `Grafana at ${this.url} refuses the stack's own password (${status}), so it was changed in Grafana: set a new one with \`pulumi config set --secret grafanaAdminPassword …\`, and \`npm run up\` makes it Grafana's.`,
    );
  }
}
