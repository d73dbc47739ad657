import { faultOfEndpoint } from "./endpoint";
import { showLive, type Terminal } from "./live";
import { watchDiagnostics } from "./diagnostics";
import { InFlight } from "./in-flight";
import type { Options } from "./options";
import { pace } from "./pace";
import { parseOptions } from "./parse-options";
import { openPipes, type AnyPipe } from "./pipes";
import { Random } from "./random";
import { record } from "./record";
import { allDelivered, startLine, summary, summaryJson } from "./report";
import { planRequest } from "./request";
import { conditionsOf, SCENARIOS } from "./scenario";
import { Schedule } from "./schedule";
import { startServices } from "./services";
import type { Tallies } from "./tally";

/** How much is held, and for how long. */
export interface Limits {
  /** After the last request, for all that is left to be answered. */
  flushWithinMs: number;
  /** Items of one signal: nine spans a request, so 7 s of an outage at 1,000 requests/s. */
  queueSize: number;
}
const LIMITS: Limits = { flushWithinMs: 15_000, queueSize: 65_536 };

/** What the program was started with. */
export interface Surroundings {
  /** The result. */
  out: NodeJS.WritableStream;
  /** What happens meanwhile, and what went wrong. */
  err: Terminal;
  /** Ends the sending; what is left is still flushed. */
  stop: AbortSignal;
  limits?: Partial<Limits>;
}

/** The whole program; resolves to the exit code. */
export async function run(argv: string[], around: Surroundings): Promise<0 | 1 | 2> {
  const parsed = parseOptions(argv);
  if ("help" in parsed) {
    around.out.write(`${parsed.help}\n`);
    return 0;
  }
  if ("faults" in parsed) {
    refuse(around, parsed.faults, argv.includes("--json"));
    return 2;
  }
  return generate(parsed.options, around);
}

async function generate(options: Options, { out, err, stop, limits }: Surroundings): Promise<0 | 1> {
  const { flushWithinMs, queueSize } = { ...LIMITS, ...limits };
  watchDiagnostics();
  const giveUp = new AbortController();
  const pipes = openPipes(options, queueSize, giveUp.signal);
  const open = Object.values(pipes) as AnyPipe[];

  const fault = await faultOfEndpoint(options, open);
  if (fault) {
    giveUp.abort();
    await closeAll(open, giveUp, 0);
    refuse({ out, err }, [fault], options.json);
    return 1;
  }

  const services = startServices(pipes);
  const random = new Random(options.seed);
  const tallies: Tallies = Object.fromEntries(open.map(({ signal, tally }) => [signal, tally]));
  const { scenario, concurrency, errorShare } = options;
  const { usual, event } = conditionsOf(scenario, errorShare);
  const schedule = new Schedule({ ...options, eventFactor: SCENARIOS[scenario].rateFactor });
  const inFlight = new InFlight(concurrency);
  const made = { requests: 0, failing: 0, isEvent: false };
  const progress = () => ({
    requests: made.requests,
    event: made.isEvent && scenario !== "steady" ? scenario : undefined,
    tallies,
  });
  const live = options.quiet ? undefined : showLive(err, startLine(options), progress);

  const paced = await pace({ ...options, schedule, hasRoom: () => inFlight.hasRoom(), stop }, (dueMs) => {
    made.isEvent = schedule.isEvent(dueMs);
    const request = planRequest(random, made.isEvent ? event : usual);
    record(request, services);
    inFlight.add(request.durationMs);
    made.requests++;
    if (request.failed) made.failing++;
  });
  live?.end(stop.aborted ? "Stopping: what is left is being sent (Ctrl-C again to leave it)." : undefined);

  for (const { http } of Object.values(services)) http?.stop();
  await closeAll(open, giveUp, flushWithinMs);
  const result = { options, paced, failedRequests: made.failing, tallies };
  out.write(`${options.json ? summaryJson(result) : summary(result)}\n`);
  return allDelivered(tallies) ? 0 : 1;
}

/** Says why nothing was sent; a program that asked has a document to read, as from the other verbs. */
function refuse({ out, err }: Pick<Surroundings, "out" | "err">, faults: string[], json: boolean): void {
  err.write(faults.map((fault) => `loadgen: ${fault}\n`).join(""));
  if (json) out.write(`${JSON.stringify({ ok: false, error: faults.join(" ") })}\n`);
}

/** Sends what is left; what has no answer by then counts as failed. */
async function closeAll(pipes: AnyPipe[], giveUp: AbortController, withinMs: number): Promise<void> {
  const overdue = setTimeout(() => giveUp.abort(), withinMs);
  await Promise.all(pipes.map((pipe) => pipe.close()));
  clearTimeout(overdue);
}
