import { alloyConfig } from "../../alloy/compose";
import { FakeStack } from "../helpers/fake-stack";
import { IMPATIENT, verifyAgainst as verify } from "../helpers/fake-verify";

let fake: FakeStack;
afterEach(() => fake.stop());

const ok = (lines: string[]) => lines.filter((line) => line.startsWith("ok")).sort();
const missing = (lines: string[]) => lines.filter((line) => line.startsWith("MISSING")).sort();

describe("with the stand-in", () => {
  beforeEach(async () => (fake = await FakeStack.start("stand-in")));

  it("names each signal it did not count, with what waits in Alloy, and exits 1", async () => {
    fake.secondPath = false;
    const { code, lines } = await verify(fake, IMPATIENT);
    const stuck = (items: string) =>
      `otelcol_receiver_accepted_${items}_total of sumo-stand-in stays at 7; ` +
      `Alloy's queue for it holds 65 bytes, and Alloy has given up 0 ${items} since it started`;
    expect(missing(lines)).toEqual([
      `MISSING log record second Sumo stand-in ${stuck("log_records")}`,
      `MISSING metric second Sumo stand-in ${stuck("metric_points")}`,
      `MISSING trace second Sumo stand-in ${stuck("spans")}`,
    ]);
    expect(ok(lines)).toHaveLength(3);
    expect(code).toBe(1);
  });

  it("counts the first item of all, before which there is no series", async () => {
    fake.earlier = { spans: 0, log_records: 0, metric_points: 0 };
    expect((await verify(fake)).code).toBe(0);
  });

  it("counts what comes after the stand-in has started anew", async () => {
    fake.countsAfresh = true;
    expect((await verify(fake)).code).toBe(0);
  });

  it("says that the stand-in cannot be asked, and still verifies the local path", async () => {
    fake.standInIsUp = () => false;
    const { code, lines } = await verify(fake, IMPATIENT);
    expect(missing(lines)).toHaveLength(3);
    expect(missing(lines)[0]).toContain("MISSING log record second Sumo stand-in no sumo-stand-in");
    expect(ok(lines)).toHaveLength(3);
    expect(code).toBe(1);
  });

  it("does not take old counts for new when the stand-in was up too late to be asked before", async () => {
    fake.standInIsUp = () => fake.logs.length > 0;
    fake.secondPath = false;
    const { code, lines } = await verify(fake, IMPATIENT);
    expect(missing(lines)).toHaveLength(3);
    expect(code).toBe(1);
  });
});

describe("with Sumo", () => {
  beforeEach(async () => (fake = await FakeStack.start("sumo")));

  it("counts what Alloy's exporter to Sumo has sent", async () => {
    const { code, lines } = await verify(fake);
    expect(
      ok(lines).filter((line) => /^ok (trace|log record|metric) second Sumo n ms$/.test(line)),
    ).toHaveLength(3);
    expect(code).toBe(0);
  });

  it("does not count what other exporters have sent", async () => {
    fake.secondPath = false;
    fake.localExporterSends = true;
    const { code, lines } = await verify(fake, IMPATIENT);
    expect(missing(lines)[0]).toContain("otelcol_exporter_sent_log_records_total of alloy stays at 7");
    expect(missing(lines)).toHaveLength(3);
    expect(code).toBe(1);
  });

  it("tells what Alloy has given up", async () => {
    fake.secondPath = false;
    fake.givenUp = { spans: 3, log_records: 0, metric_points: 0 };
    const { lines } = await verify(fake, IMPATIENT);
    expect(missing(lines).join("\n")).toContain("Alloy has given up 3 spans since it started");
  });
});

describe("with the second write off", () => {
  beforeEach(async () => (fake = await FakeStack.start("off")));

  it("says so, and that Alloy has no exporter for it", async () => {
    fake.localExporterSends = true;
    const { code, lines } = await verify(fake);
    expect(ok(lines)).toHaveLength(4);
    expect(lines).toContain(
      "ok nothing second off the second write is off, and Alloy has no exporter for it",
    );
    expect(code).toBe(0);
  });

  it("waits until Alloy has taken the change", async () => {
    fake.exporterRemains = true;
    setTimeout(() => (fake.exporterRemains = false), 200);
    expect(await verify(fake)).toMatchObject({ code: 0 });
  });

  it("exits 1 while Alloy still runs the exporter", async () => {
    fake.exporterRemains = true;
    const { code, lines } = await verify(fake, ["--timeout", "300ms"]);
    expect(missing(lines)).toEqual([
      "MISSING nothing second off Alloy still runs otelcol.exporter.otlphttp.sumo_traces: it takes a changed configuration within a minute, so try again",
    ]);
    expect(code).toBe(1);
  });

  it("sends nothing that nobody keeps", async () => {
    const { code, lines } = await verify(fake, [], { components: ["tempo", "grafana", "alloy"] });
    expect(ok(lines)).toHaveLength(2);
    expect([fake.sink.spans.length, fake.logs.length, fake.metrics.length]).toEqual([1, 0, 0]);
    expect(code).toBe(0);
  });
});

it("sends all three for the second path's sake when only one backend is there", async () => {
  fake = await FakeStack.start("stand-in");
  const { code, lines } = await verify(fake, [], { components: ["loki", "grafana", "alloy"] });
  expect(ok(lines)).toEqual([
    "ok log record local Loki n ms",
    "ok log record second Sumo stand-in n ms",
    "ok metric second Sumo stand-in n ms",
    "ok trace second Sumo stand-in n ms",
  ]);
  expect(code).toBe(0);
});

it("watches the exporter that Alloy's configuration has", async () => {
  fake = await FakeStack.start("off");
  fake.exporterRemains = true;
  const watched = /otelcol\.exporter\.otlphttp\.(\w+)/.exec(
    (await verify(fake, ["--timeout", "300ms"])).out,
  )?.[1];
  const config = alloyConfig({ components: new Set(), secondPath: true });
  expect(config).toContain(`otelcol.exporter.otlphttp "${watched}"`);
});
