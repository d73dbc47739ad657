import { type FakeAnswer, FakeHttp, type FakeRequest } from "./fake-http";

const JOBS = "/api/v1/search/jobs";
export const ACCESS = { accessId: "su123", accessKey: "access-key-7c1e" };

/** A search that was asked for. */
export interface AskedSearch {
  query: string;
  from: string;
  to: string;
  timeZone: string;
}

/** Sumo's Search Job API in the test's own process, as its documentation describes it. */
export class FakeSumo {
  readonly searches: AskedSearch[] = [];
  /** Method and path of every request, job ids left out. */
  readonly asked: string[] = [];
  /** Rows that each search finds. */
  find: (search: AskedSearch) => Record<string, string>[] = () => [];
  /** What is said of a job each time somebody looks; the last one for good. */
  states: object[] = [{ state: "DONE GATHERING RESULTS" }];
  /** In place of an answer. */
  override: (request: FakeRequest) => FakeAnswer = () => undefined;
  private looks = 0;

  private constructor(private readonly http: FakeHttp) {}

  static async start(): Promise<FakeSumo> {
    const http = await FakeHttp.start((request) => sumo.answer(request));
    const sumo = new FakeSumo(http);
    return sumo;
  }

  get endpoint(): string {
    return this.http.url;
  }

  stop(): void {
    this.http.stop();
  }

  private answer(request: FakeRequest): FakeAnswer {
    const { method, path, headers, body } = request;
    this.asked.push(`${method} ${path.replace(JOBS, "").replace(/\/job-\d+/, "/job")}`.trim());
    const override = this.override(request);
    if (override) return override;
    const { accessId, accessKey } = ACCESS;
    const expected = `Basic ${Buffer.from(`${accessId}:${accessKey}`).toString("base64")}`;
    if (headers.authorization !== expected)
      return fault(401, "unauthorized", "Credential could not be verified.");
    if (method === "POST" && path === JOBS) {
      this.searches.push(JSON.parse(body) as AskedSearch);
      this.looks = 0;
      const id = `job-${this.searches.length}`;
      return json({ id }, 202, {
        "set-cookie": [`AWSELB=${id}; PATH=/; MAX-AGE=300`, "JSESSIONID=a; Path=/; Secure"],
      });
    }
    const id = `job-${this.searches.length}`;
    const isOurs = path.startsWith(`${JOBS}/${id}`) && headers.cookie === `AWSELB=${id}; JSESSIONID=a`;
    if (!isOurs) return fault(404, "searchjob.jobid.invalid", "Job ID is invalid.");
    if (method === "DELETE") return json({ id });
    if (!path.endsWith("/records"))
      return json({ pendingErrors: [], ...this.states[Math.min(this.looks++, this.states.length - 1)] });
    return json({ records: this.find(this.searches.at(-1)!).map((map) => ({ map })) });
  }
}

function json(value: object, status = 200, headers = {}): FakeAnswer {
  return { status, headers, body: JSON.stringify(value) };
}

function fault(status: number, code: string, message: string): FakeAnswer {
  return json({ status, code, message }, status);
}
