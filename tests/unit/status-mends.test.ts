import { NoService } from "../../scripts/lib/cluster";
import { helmRecord } from "../helpers/fake-cluster";
import { FakeStatus } from "../helpers/fake-status";

let stack: FakeStatus;
afterEach(() => stack.stop());

describe("a service that was deleted", () => {
  beforeEach(async () => (stack = await FakeStatus.start()));
  const gone = (name: string) => new NoService(`There is no service ${name} in namespace watchtower`);

  it("is brought back by Helm, which has made it", async () => {
    stack.cluster.broken.set("tempo", gone("tempo"));
    stack.cluster.records.push(helmRecord("tempo", { revision: 4 }));
    expect(await stack.amiss()).toMatchObject([
      {
        name: "tempo",
        state: "wrong",
        saw: expect.stringMatching(
          /; not ready: There is no service tempo in namespace watchtower; answers Grafana$/,
        ) as string,
        mend: "`helm --kube-context kind-watchtower -n watchtower rollback tempo 4`",
      },
    ]);
  });

  it("that shows Alloy's counters leaves no advice to look where one looks already", async () => {
    stack.cluster.broken.set("alloy metrics", gone("alloy"));
    expect((await stack.amiss()).map(({ saw }) => saw)).toEqual([
      "cannot be looked at: There is no service alloy in namespace watchtower",
    ]);
  });
});

it("where a data source is missing, or a door takes nothing, the mend is a verb", async () => {
  stack = await FakeStatus.start();
  stack.grafana = ({ path }) => (path === "/api/datasources" ? { body: "[]" } : undefined);
  stack.fake.otlp.stop();
  const mends = (await stack.amiss()).map(({ name, mend }) => `${name}: ${mend}`);
  expect(mends).toEqual([
    "Grafana: `npm run restart -- grafana`, as it reads them when it starts",
    "OTLP HTTP: if Alloy's pod is ready: `npm run restart -- alloy`",
  ]);
});

it.each([
  ["tempo", "tempo"],
  ["sumo-stand-in", "alloy"],
])("another chart of %s than the pinned one may be the setting charts.%s", async (part, key) => {
  stack = await FakeStatus.start();
  stack.cluster.records.push(helmRecord(part, { version: "0.0.1", revision: 2 }));
  expect((await stack.amiss()).map(({ mend }) => mend)).toEqual([
    `\`npm run up\`, unless \`charts.${key}\` is set to it`,
  ]);
});
