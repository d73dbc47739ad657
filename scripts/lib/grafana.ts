import { Fault, reasonOf } from "./fault";
import { howToReach, type Stack } from "./stack";

/** What a data source said. */
export interface Answer {
  status: number;
  body: string;
}

const ANSWER_WITHIN_MS = 10_000;

/** Grafana, and its data sources asked as Grafana itself asks them. */
export class Grafana {
  private readonly url: string;
  private readonly authorization: string;

  constructor(private readonly stack: Stack & Required<Pick<Stack, "grafana">>) {
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
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
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
      if (signal.aborted) return { status: 504, body: `Nothing within ${ANSWER_WITHIN_MS / 1000} s` };
      throw new Fault(
        `Grafana does not answer at ${this.url} (${reasonOf(error)}): ${howToReach(this.stack)}.`,
      );
    }
  }

  private keptOut(status: number): Fault {
    return new Fault(
      `Grafana at ${this.url} refuses the stack's own password (${status}), so it was changed in Grafana: set it back to \`pulumi stack output grafanaPassword --show-secrets\`.`,
    );
  }
}
