import * as fs from "node:fs";
import * as path from "node:path";
import { lookAtAll } from "../../scripts/doctor/check";
import type { Facts } from "../../scripts/doctor/facts";
import { leftOver } from "../../scripts/doctor/left-over";
import type { Outcome } from "../../scripts/e2e-faults/case";
import { CASES } from "../../scripts/e2e-faults/cases";
import { Interrupted } from "../../scripts/e2e-faults/case-bench";
import { parseOptions } from "../../scripts/e2e-faults/options";
import type { OpenRig } from "../../scripts/e2e-faults/rig";
import { run, type Surroundings } from "../../scripts/e2e-faults/run";
import { type Change, Undo } from "../../scripts/e2e-faults/undo";
import { Fault } from "../../scripts/lib/fault";
import { goodOutcome } from "../helpers/fault-outcome";
import { Memory } from "../helpers/memory";
import { signalSender } from "../helpers/signals";
import { temporaryFolder } from "../helpers/tools";

/** Runs the verb on a rig that only remembers that it was closed. */
async function start(
  argv: string[],
  runCase: Surroundings["runCase"] = (one) => Promise.resolve(goodOutcome(one.name)),
) {
  const [out, err] = [new Memory(), new Memory()];
  let closed = 0;
  const rig = {
    quiet: () => Promise.resolve(),
    close: () => {
      closed++;
      return Promise.resolve();
    },
  } as OpenRig;
  const code = await run(argv, {
    out,
    err,
    runCase,
    openRig: () => Promise.resolve(rig),
    mendStack: (_, tell) => Promise.resolve(tell("mended")),
  });
  return { code, out: out.text, err: err.text, closed };
}

const TWO = ["--only", "sink-down,sink-429"];
const rows = (out: string) => out.split("\n").filter((line) => / (ok|MISSED)$/.test(line));

describe("npm run e2e:faults", () => {
  it("explains itself, and lists its cases, without a stack", async () => {
    const help = await start(["--help"]);
    expect(help.out).toMatch(/npm run e2e:faults.*Exit code: 0 .*1 .*2 .*130 /s);
    const list = await start(["--list"]);
    expect(list.out.trim().split("\n")).toHaveLength(CASES.length);
    expect([help.code, list.code, list.closed]).toEqual([0, 0, 0]);
  });

  it.each([
    [["--only", "sink-dwon"], 'There is no case "sink-dwon": --list tells them'],
    [["--rate", "0"], '--rate cannot be "0": it takes a whole number from 1 to 1000'],
    [["--rate", "1001"], '--rate cannot be "1001"'],
    [["--outage", "10"], '--outage cannot be "10": it takes a time above 0'],
    [["--real", "--outage", "1m"], "--real and --outage cannot go together"],
    [["stray"], "Unexpected argument 'stray'"],
  ])("refuses %j in one sentence", async (argv, sentence) => {
    const { code, err } = await start(argv);
    expect(err).toContain(sentence);
    expect(err).toMatch(/^e2e:faults: [^\n]+ lists the options\.\n$/);
    expect(code).toBe(2);
  });

  it("takes outages that are short, as long as one says, or real", () => {
    const outage = (...argv: string[]) => {
      const parsed = parseOptions(argv);
      return "options" in parsed && parsed.options.outageMs;
    };
    expect([outage(), outage("--outage", "2m"), outage("--real")]).toEqual([30_000, 120_000, 600_000]);
  });

  it("runs the cases in order, and exits 0 when each came out as promised", async () => {
    const { code, out, closed } = await start(["--only", "sink-429,sink-down"]);
    expect(rows(out).map((line) => line.split(" ")[0])).toEqual(["sink-down", "sink-429"]);
    expect([code, closed]).toEqual([0, 1]);
  });

  it("exits 1 when one did not, and runs the rest", async () => {
    const { code, out, closed } = await start(TWO, (one) => {
      const outcome = goodOutcome(one.name);
      if (one.name === "sink-down") outcome.local.lost.logs = 2;
      return Promise.resolve(outcome);
    });
    expect(rows(out).map((line) => line.replace(/ .* /, " "))).toEqual(["sink-down MISSED", "sink-429 ok"]);
    expect(out).toContain("  MISSED: 2 logs lost locally\n");
    expect([code, closed]).toEqual([1, 1]);
  });

  it("exits 1 when one could not be run to its end, says why, and runs the rest", async () => {
    const { code, out } = await start(TWO, (one) =>
      one.name === "sink-down"
        ? Promise.reject(new Fault("It is away."))
        : Promise.resolve(goodOutcome(one.name)),
    );
    expect(out).toContain("sink-down: NOT RUN to its end: It is away.\n");
    expect([rows(out).length, code]).toEqual([1, 1]);
  });

  it("ends at Ctrl-C with 130, once all is put back", async () => {
    const send = signalSender();
    const { code, out, closed } = await start(TWO, () => {
      send("SIGINT");
      return Promise.reject(new Interrupted());
    });
    expect(out).toContain("Mending what is broken");
    expect([rows(out).length, code, closed]).toEqual([0, 130, 1]);
  });

  it("only mends when it is asked to", async () => {
    const { code, out, closed } = await start(["--mend"]);
    expect(out).toBe("mended\n");
    expect([code, closed]).toEqual([0, 0]);
  });

  it("writes one JSON document, and the table beside it", async () => {
    const { out, err } = await start([...TWO, "--json"]);
    const { ok, cases } = JSON.parse(out) as { ok: boolean; cases: Outcome[] };
    expect([ok, cases.map(({ name }) => name)]).toEqual([true, ["sink-down", "sink-429"]]);
    expect(rows(err)).toHaveLength(2);
  });
});

describe("what was changed", () => {
  let folder: string;
  let undo: Undo;
  beforeEach(() => {
    folder = temporaryFolder();
    undo = new Undo(path.join(folder, "undo.json"));
    undo.note({ what: "settings", file: "Pulumi.local.yaml", before: { sumoEndpoint: "theirs" } });
    undo.note({ what: "config", text: "logging {}" });
    undo.note({ what: "no-starts" });
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  async function putBack(which?: (change: Change) => boolean): Promise<string[]> {
    const done: string[] = [];
    // Another run's: it knows nothing but the file.
    await new Undo(path.join(folder, "undo.json")).putBack((change) => {
      done.push(change.what);
      return Promise.resolve();
    }, which);
    return done;
  }

  it("is put back by whoever comes next, the last first, and only once", async () => {
    expect(await putBack()).toEqual(["no-starts", "config", "settings"]);
    expect(await putBack()).toEqual([]);
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  it("is noted once of the settings, in its place", async () => {
    undo.note({ what: "settings", file: "Pulumi.local.yaml", before: {}, ours: "ours" });
    expect(await putBack()).toEqual(["no-starts", "config", "settings"]);
  });

  it("is named by the doctor", async () => {
    const file = path.join(folder, "undo.json");
    const look = () => lookAtAll(leftOver(file), {} as Facts);
    expect(await look()).toEqual([
      expect.objectContaining({
        state: "wrong",
        mend: expect.stringContaining("e2e:faults -- --mend") as string,
      }),
    ]);
    await putBack();
    expect(await look()).toEqual([]);
  });

  it("may be put back in part", async () => {
    expect(await putBack(({ what }) => what !== "settings")).toEqual(["no-starts", "config"]);
    expect(undo.changes.map(({ what }) => what)).toEqual(["settings"]);
  });

  it("is known still when putting it back fails", async () => {
    await expect(undo.putBack(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(undo.changes).toHaveLength(3);
  });

  it("is nobody else's to read, as settings have secrets in them", () => {
    expect(fs.statSync(path.join(folder, "undo.json")).mode & 0o777).toBe(0o600);
  });
});
