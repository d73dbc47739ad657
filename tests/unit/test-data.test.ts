import type { Load, Sent } from "../../scripts/lib/load";
import type { Stack } from "../../scripts/lib/stack";
import { run } from "../../scripts/test-data/run";
import { COMPONENTS } from "../../versions";
import { Memory } from "../helpers/memory";

const STACK: Stack = {
  components: [...COMPONENTS],
  namespace: "watchtower",
  sumoDestination: "stand-in",
  grafana: { url: "http://localhost:3000", user: "admin", password: "hush" },
  otlp: { grpc: "localhost:4317", http: "http://localhost:4318" },
  cluster: { kubeContext: "mine" },
  portForward: [],
};
const SENT: Sent = {
  requests: { made: 300, failing: 15 },
  rate: { asked: 10, held: 10, isHeld: true },
  delivered: true,
};

async function testData(argv: string[], given: Partial<Stack> = {}, sent: Partial<Sent> = {}) {
  const [out, err] = [new Memory(), new Memory()];
  const loads: { to: string; load: Load }[] = [];
  const code = await run(argv, {
    out,
    err,
    runningStack: () => Promise.resolve({ ...STACK, ...given }),
    startLoad: ({ grpc }, load) => {
      loads.push({ to: grpc, load });
      const ended = Promise.resolve({ ...SENT, ...sent });
      return { begun: Promise.resolve(), ended, stop: () => undefined };
    },
  });
  return { code, out: out.text, err: err.text, loads };
}

it("sends a short load to the stack's own endpoint, and says where to look", async () => {
  const { code, out, loads } = await testData([]);
  const load = { rate: 10, durationMs: 30_000, signals: ["traces", "logs", "metrics"] };
  expect(loads).toEqual([{ to: "localhost:4317", load }]);
  expect(out).toContain("300 requests at 10/s, 15 of them failing.\n");
  expect(out).toMatch(/^Services +http:\/\/localhost:3000\/d\/watchtower-services$/m);
  expect(out).toContain("npm run sumo status");
  expect(code).toBe(0);
});

it("takes rate and duration", async () => {
  const { loads } = await testData(["--rate", "50", "--duration", "5s"]);
  expect(loads[0]!.load).toMatchObject({ rate: 50, durationMs: 5_000 });
});

it("names no page that this stack does not have", async () => {
  const { out } = await testData([], { components: ["loki", "grafana", "alloy"], sumoDestination: "off" });
  expect(out).not.toMatch(/watchtower-services|sumo/);
  expect(out).toContain("/d/watchtower-logs");
});

it("sends no signal that Alloy would refuse", async () => {
  const off = await testData([], { components: ["loki", "alloy"], sumoDestination: "off" });
  expect(off.loads[0]!.load.signals).toEqual(["logs"]);
  const nothing = await testData([], { components: ["alloy"], sumoDestination: "off" });
  expect(nothing.loads).toEqual([]);
  expect(nothing).toMatchObject({
    code: 1,
    err: expect.stringContaining("keeps nothing and sends nothing on") as string,
  });
});

it("is not done when something did not arrive", async () => {
  const { code, out } = await testData([], {}, { delivered: false });
  expect(out).toContain("NOT all of it was delivered");
  expect(code).toBe(1);
});
