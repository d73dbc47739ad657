import { run } from "./run";

/** npm and tsx may each pass on the signal that the terminal sent already: not a second Ctrl-C. */
const ECHO_MS = 300;
const EXIT_INTERRUPTED = 130;

const stop = new AbortController();
let stoppedAt = 0;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (!stop.signal.aborted) stoppedAt = Date.now();
    else if (Date.now() - stoppedAt > ECHO_MS) process.exit(EXIT_INTERRUPTED);
    stop.abort();
  });
}

void run(process.argv.slice(2), { out: process.stdout, err: process.stderr, stop: stop.signal }).then(
  (code) =>
    // A connection that is still waiting for an answer would hold the process for seconds.
    process.stdout.write("", () => process.exit(code)),
);
