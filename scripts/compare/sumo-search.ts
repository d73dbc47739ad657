import { setTimeout as sleep } from "node:timers/promises";
import type { Response } from "undici";
import { Fault, reasonOf } from "../lib/fault";
import { proxiedFetch } from "../lib/proxied";
import { jsonOf } from "../lib/query/answers";
import type { Range } from "../lib/query/range";

/** Access to an account's API, deciphered. */
export interface SumoAccess {
  /** Address without a path. */
  endpoint: string;
  accessId: string;
  accessKey: string;
}

/** How patient the client is, in milliseconds. */
export interface Pace {
  /** Between two looks at a job; Sumo allows 4 requests a second, and cancels a job that nobody looks at for 20 s. */
  pollMs: number;
  /** For a job to be done. */
  jobWithinMs: number;
  /** Before a refused request is made again, where Sumo does not say; doubled each time. */
  retryMs: number;
}
const PACE: Pace = { pollMs: 1_000, jobWithinMs: 120_000, retryMs: 1_000 };

const ANSWER_WITHIN_MS = 30_000;
/** How often a request is made that Sumo puts off. */
const ATTEMPTS = 6;
const LONGEST_WAIT_MS = 30_000;
/** Records of one page at most. */
const PAGE = 10_000;

/** A search that Sumo did not carry out; another may well be. */
export class SearchFailed extends Error {}

/** A row of an aggregation, its fields in lower case. */
export type SumoRecord = Record<string, string>;

/** Sumo's Search Job API (sumologic.com/help/docs/api/search-job): a job is made, looked at until done, read and deleted. */
export class SumoSearch {
  /** A job is only known to requests that bring its cookies. */
  private readonly cookies = new Map<string, string>();

  constructor(
    private readonly access: SumoAccess,
    private readonly pace = PACE,
  ) {}

  /**
   * The first records of a search that aggregates, over a time by which the messages themselves go.
   * @throws Fault when Sumo does not answer or does not let us in, SearchFailed when it does not carry this search out
   */
  async records(query: string, { fromMs, toMs }: Range): Promise<SumoRecord[]> {
    const [from, to] = [fromMs, toMs].map((ms) => String(Math.round(ms)));
    const made = await this.request("POST", "", { query, from, to, timeZone: "UTC" });
    const { id } = jsonOf<{ id?: string }>({ status: 200, body: made });
    if (id === undefined) throw new SearchFailed("Sumo made no search job");
    const job = `/${encodeURIComponent(id)}`;
    try {
      await this.done(job);
      const body = await this.request("GET", `${job}/records?offset=0&limit=${PAGE}`);
      const { records = [] } = jsonOf<{ records?: { map: SumoRecord }[] }>({ status: 200, body });
      return records.map(({ map }) => map);
    } finally {
      // Nobody looks at it any more: Sumo would cancel it by itself, and until then it counts against a limit.
      await this.request("DELETE", job).catch(() => undefined);
    }
  }

  private async done(job: string): Promise<void> {
    const until = performance.now() + this.pace.jobWithinMs;
    for (;;) {
      const body = await this.request("GET", job);
      const { state, pendingErrors = [] } = jsonOf<{ state?: string; pendingErrors?: string[] }>({
        status: 200,
        body,
      });
      if (pendingErrors.length > 0) throw new SearchFailed(`Sumo says: ${pendingErrors.join("; ")}`);
      if (state === "DONE GATHERING RESULTS") return;
      if (state === "CANCELLED" || state === "FORCE PAUSED")
        throw new SearchFailed(`Sumo's search ended as ${state}`);
      if (performance.now() > until)
        throw new SearchFailed(
          `Sumo's search was not done within ${this.pace.jobWithinMs / 1000} s: ask for a shorter time`,
        );
      await sleep(this.pace.pollMs);
    }
  }

  /** Makes a request, again where Sumo puts it off. */
  private async request(method: string, path: string, content?: object): Promise<string> {
    for (let attempt = 1; ; attempt++) {
      const answer = await this.ask(method, path, content);
      if (answer.ok) return answer.text();
      const isPutOff = answer.status === 429 || answer.status >= 500;
      if (!isPutOff || attempt === ATTEMPTS) throw await this.refusal(answer);
      const asked = Number(answer.headers.get("retry-after") ?? NaN) * 1000;
      const waitMs = Number.isNaN(asked) ? this.pace.retryMs * 2 ** (attempt - 1) : asked;
      await sleep(Math.min(waitMs, LONGEST_WAIT_MS));
    }
  }

  private async ask(method: string, path: string, content?: object): Promise<Response> {
    const { endpoint, accessId, accessKey } = this.access;
    try {
      const answer = await proxiedFetch(`${endpoint}/api/v1/search/jobs${path}`, {
        method,
        headers: {
          authorization: `Basic ${Buffer.from(`${accessId}:${accessKey}`).toString("base64")}`,
          accept: "application/json",
          "content-type": "application/json",
          cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; "),
        },
        body: content && JSON.stringify(content),
        redirect: "manual", // followed, the key would go to whoever is named
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      for (const cookie of answer.headers.getSetCookie()) {
        const [, name, value] = /^([^=;]+)=([^;]*)/.exec(cookie) ?? [];
        if (name !== undefined && value !== undefined) this.cookies.set(name, value);
      }
      return answer;
    } catch (error) {
      throw new Fault(`Sumo's API does not answer at ${endpoint} (${reasonOf(error)}).`);
    }
  }

  private async refusal(answer: Response): Promise<Error> {
    const { endpoint } = this.access;
    const { status } = answer;
    if (status === 401)
      return new Fault(
        `Sumo's API at ${endpoint} refuses the access (401): set sumoApi.accessId and sumoApi.accessKey anew, with \`pulumi config set --path --secret\`.`,
      );
    if (status === 403)
      return new Fault(
        "Sumo's API is closed to this access (403): it takes an Enterprise or trial account, and a role that may download search results.",
      );
    if (status >= 300 && status < 400) {
      const there = URL.parse(answer.headers.get("location") ?? "")?.origin ?? "another address";
      return new Fault(
        `The account's API is at ${there}, not at ${endpoint}: \`pulumi config set --path sumoApi.endpoint ${there}\`.`,
      );
    }
    const said = (await answer.text().catch(() => "")).replace(/\s+/g, " ").slice(0, 200);
    return new SearchFailed(`Sumo answers ${status} ${said}`.trim());
  }
}
