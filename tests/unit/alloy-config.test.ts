import { alloyConfig, standInConfig } from "../../alloy/compose";
import { ALLOY, alloyValues } from "../../values/alloy";
import { type Component, COMPONENTS } from "../../versions";
import { argument, blocks, usedBy } from "../helpers/alloy-text";

const BACKENDS: Component[] = ["tempo", "loki", "mimir"];

function config(backends: Component[], { secondPath }: { secondPath: boolean }): string {
  return alloyConfig({ components: new Set<Component>([...backends, "alloy"]), secondPath });
}

const values = alloyValues({ components: new Set(COMPONENTS) });
const dual = config(BACKENDS, { secondPath: true });
const localOnly = config(BACKENDS, { secondPath: false });

/** Every set of backends, with and without the second path. */
const variants = [false, true].flatMap((secondPath) =>
  [...Array(8).keys()].map((bits): [string, string] => {
    const backends = BACKENDS.filter((_, i) => bits & (1 << i));
    return [
      [...backends, ...(secondPath ? ["sumo"] : [])].join("+") || "nothing",
      config(backends, { secondPath }),
    ];
  }),
);

/** Whom the memory limiter hands a signal to. */
function consumers(text: string, signal: string): string[] {
  const limiter = blocks(text)["otelcol.processor.memory_limiter.ingest"] ?? "";
  const [, list = ""] = new RegExp(`${signal} += \\[(.*)\\]`).exec(limiter) ?? [];
  return list.split(", ").filter((name) => name !== "");
}

/** Components that begin a pipeline: nobody hands them anything. */
const SOURCE = /^(otelcol\.receiver|prometheus\.scrape|loki\.source)\./;

describe("Alloy's configuration", () => {
  it.each(variants)("for %s has no word left to fill in", (_, text) => {
    expect(text).not.toMatch(/= *[A-Z_]+$/m);
  });

  it.each(variants)("for %s uses every component it has, and has every one it uses", (_, text) => {
    const made = Object.keys(blocks(text)).filter((name) => !SOURCE.test(name));
    expect(new Set(usedBy(text))).toEqual(new Set(made));
  });

  it("has the very same receiver whatever the stack runs, so that a reload never touches its ports", () => {
    const receivers = variants.map(([, text]) => blocks(text)["otelcol.receiver.otlp.ingest"]);
    expect(receivers[0]).toMatch(/0\.0\.0\.0:24317.*0\.0\.0\.0:24318/s);
    expect(new Set(receivers).size).toBe(1);
  });

  it("changes nothing of the local paths when the second is switched on", () => {
    const [off, on] = [blocks(localOnly), blocks(dual)];
    const limiter = "otelcol.processor.memory_limiter.ingest";
    expect({ ...on, [limiter]: undefined }).toMatchObject({ ...off, [limiter]: undefined });
  });

  it("is the same text for the same settings", () => {
    expect(config(["mimir", "tempo", "loki"], { secondPath: true })).toBe(dual);
  });
});

describe("without the second path", () => {
  it("there is no trace of Sumo", () => {
    expect(localOnly).not.toMatch(/sumo/i);
  });

  it("each signal goes to its backend alone", () => {
    expect(consumers(localOnly, "traces")).toEqual(["otelcol.processor.batch.tempo.input"]);
    expect(consumers(localOnly, "metrics")).toEqual(["otelcol.processor.batch.mimir.input"]);
    expect(consumers(localOnly, "logs")).toEqual(["otelcol.processor.batch.loki.input"]);
  });
});

describe("with both paths", () => {
  it.each([
    ["traces", "tempo"],
    ["metrics", "mimir"],
    ["logs", "loki"],
  ])("%s go to %s and to Sumo", (signal, backend) => {
    expect(consumers(dual, signal)).toEqual([
      `otelcol.processor.batch.${backend}.input`,
      "otelcol.processor.batch.sumo.input",
    ]);
    expect(blocks(dual)[`otelcol.processor.batch.${backend}`]).toContain(
      `${signal} = [otelcol.exporter.otlphttp.${backend}.input]`,
    );
    expect(blocks(dual)["otelcol.processor.batch.sumo"]).toMatch(
      new RegExp(`${signal} += \\[otelcol\\.exporter\\.otlphttp\\.sumo_${signal}\\.input\\]`),
    );
  });

  it("nothing but the receiver stands before the parting, so that a path in trouble cannot answer the sender", () => {
    const receiver = blocks(dual)["otelcol.receiver.otlp.ingest"]!;
    const outputs = [...receiver.matchAll(/(?:traces|metrics|logs) += \[(.*)\]/g)].map(([, list]) => list);
    expect(outputs).toEqual(Array(3).fill("otelcol.processor.memory_limiter.ingest.input"));
    const entrances = ["traces", "metrics", "logs"].flatMap((signal) => consumers(dual, signal));
    expect(entrances.filter((name) => !name.startsWith("otelcol.processor.batch."))).toEqual([]);
  });

  it("each signal goes to Sumo by an exporter of its own, so that none waits for the end of another's", () => {
    const exporters = Object.keys(blocks(dual)).filter((name) => name.includes("exporter.otlphttp.sumo"));
    expect(exporters).toEqual(
      ["traces", "metrics", "logs"].map((signal) => `otelcol.exporter.otlphttp.sumo_${signal}`),
    );
  });

  it("endpoint and headers of Sumo are read from the Secret's mount and written nowhere", () => {
    for (const signal of ["traces", "metrics", "logs"]) {
      const { client } = /(?<client>client \{.*?\n\t\})/s.exec(
        blocks(dual)[`otelcol.exporter.otlphttp.sumo_${signal}`]!,
      )!.groups!;
      expect(client).toMatch(/endpoint += .*local\.file\.sumo_endpoint\.content/);
      expect(client).toMatch(/headers += .*local\.file\.sumo_headers\.content/);
      expect(client).not.toMatch(/https?:/);
    }
    const mount = values.alloy.mounts.extra.find(({ name }) => name === ALLOY.credentials)!.mountPath;
    for (const [file, name] of [
      ["sumo_endpoint", "endpoint"],
      ["sumo_headers", "headers.json"],
    ] as const) {
      const block = blocks(dual)[`local.file.${file}`]!;
      expect(argument(block, "filename")).toBe(`${mount}/${name}`);
      expect(argument(block, "is_secret")).toBe("true");
    }
  });
});

describe("with one backend", () => {
  it.each([
    ["tempo", "traces"],
    ["mimir", "metrics"],
    ["loki", "logs"],
  ] as const)("only %s has a path, and only %s take it", (backend, own) => {
    const text = config([backend], { secondPath: false });
    const exporters = Object.keys(blocks(text)).filter((name) => name.startsWith("otelcol.exporter."));
    expect(exporters).toEqual([`otelcol.exporter.otlphttp.${backend}`]);
    for (const signal of ["traces", "metrics", "logs"])
      expect(consumers(text, signal)).toHaveLength(signal === own ? 1 : 0);
  });
});

describe("a path", () => {
  const exporters = Object.entries(blocks(dual)).filter(([name]) => name.startsWith("otelcol.exporter."));
  const [local, second] = [exporters.slice(0, 3), exporters.slice(3)];

  it.each(exporters)("%s never gives up on what its backend cannot take yet", (_, block) => {
    expect(argument(block, "max_elapsed_time")).toBe("0s");
  });

  it.each(exporters)("%s keeps its queue on the claim, in the folder of its path", (name, block) => {
    const path = name.split(".").at(-1)!.split("_")[0];
    expect(argument(block, "storage")).toBe(`otelcol.storage.file.${path}.handler`);
    const directory = argument(blocks(dual)[`otelcol.storage.file.${path}`]!, "directory");
    const claim = values.alloy.mounts.extra.find(({ name }) => name === ALLOY.claim)!;
    expect(directory).toBe(`${claim.mountPath}/queue/${path}`);
  });

  it.each(Object.entries(blocks(dual)).filter(([name]) => name.includes(".batch.")))(
    "hands on at once what %s took, so that a crash costs little",
    (_, block) => expect(argument(block, "timeout")).toBe("0s"),
  );

  it("queues no more than the claim holds, all paths together", () => {
    const bytes = (block: string) => {
      expect(argument(block, "sizer")).toBe("bytes");
      return Number(argument(block, "queue_size"));
    };
    expect(local).toHaveLength(3);
    expect(second).toHaveLength(3);
    const all = exporters.reduce((sum, [, block]) => sum + bytes(block), 0);
    const claim = Number(/^(\d+)Gi$/.exec(ALLOY.claimSize)![1]) * 2 ** 30;
    expect(all).toBeLessThan(claim);
    expect(all).toBeGreaterThan(claim / 2); // or the units are mixed up
  });

  it.each(second)("%s sends 100 KB to 1 MB at a time, packed", (_, block) => {
    const handOver = blocks(dual)["otelcol.processor.batch.sumo"]!;
    const least = Number(argument(block, "min_size"));
    expect(least).toBeGreaterThanOrEqual(100_000);
    // A batch is less than the least, and one more request of so many items: spans of our load take 320 bytes.
    expect(least + 320 * Number(argument(handOver, "send_batch_max_size"))).toBeLessThanOrEqual(1_000_000);
    expect(argument(block, "compression")).toBe("gzip");
  });

  it.each(exporters)(
    "%s throws nothing away for its size: the receiver takes nothing that is so large",
    (_, block) => {
      const receiver = blocks(dual)["otelcol.receiver.otlp.ingest"]!;
      for (const bound of ["max_recv_msg_size", "max_request_body_size"]) {
        const [, mib] = /^(\d+)MiB$/.exec(argument(receiver, bound)!)!;
        // A batch is less than its least size, and one request more.
        const largest = Number(argument(block, "min_size")) + Number(mib) * 2 ** 20;
        expect(Number(argument(block, "max_size"))).toBeGreaterThan(largest);
      }
    },
  );
});

describe("memory", () => {
  const limiter = blocks(dual)["otelcol.processor.memory_limiter.ingest"]!;
  const mebibytes = (name: string) => Number(/^(\d+)MiB$/.exec(argument(limiter, name)!)![1]);
  const collected = parseInt(values.alloy.extraEnv.find(({ name }) => name === "GOMEMLIMIT")!.value, 10);

  it("is freed of garbage before the limiter refuses anything for it, and not sooner", () => {
    expect(collected).toBe(mebibytes("limit") - mebibytes("spike_limit"));
  });

  it("is refused by the limiter before the kernel kills the pod for it", () => {
    expect(mebibytes("limit")).toBeLessThan(parseInt(values.alloy.resources.limits.memory, 10));
  });
});

describe("the stand-in for Sumo", () => {
  const text = standInConfig();

  it("uses every component it has, and has every one it uses", () => {
    const made = Object.keys(blocks(text)).filter((name) => !SOURCE.test(name));
    expect(new Set(usedBy(text))).toEqual(new Set(made));
  });

  it("sends nothing over the network", () => {
    expect(text).not.toMatch(/exporter\.otlp|client \{/);
  });
});
