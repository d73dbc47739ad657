import * as fs from "node:fs";
import * as path from "node:path";
import { run } from "../../scripts/render/run";
import { COMPONENTS } from "../../versions";
import { ownEnvironment } from "../helpers/own-environment";
import { folder, Memory, stackFile } from "../helpers/plan-run";
import { RELEASES, renderOf, toRender } from "../helpers/releases";
import { chartFolder, describeWith, program } from "../helpers/tools";

ownEnvironment();

describeWith(toRender(...COMPONENTS), "npm run render, by the real helm and charts", () => {
  beforeEach(() => {
    process.env.PATH = `${path.dirname(program("helm").path!)}${path.delimiter}${process.env.PATH}`;
    const charts = Object.fromEntries(COMPONENTS.map((name) => [name, { path: chartFolder(name).path }]));
    stackFile("local", { "watchtower:charts": charts });
  });

  async function rendered(): Promise<Record<string, string>> {
    const [out, err] = [new Memory(), new Memory()];
    expect([await run([], { out, err, folder }), err.text]).toEqual([0, ""]);
    return Object.fromEntries(
      RELEASES.map((name) => [
        name,
        fs.readFileSync(path.join(folder, "rendered", name, "manifest.yaml"), "utf8"),
      ]),
    );
  }

  it("gives the same text twice, of every release", async () => {
    const first = await rendered();
    expect(await rendered()).toEqual(first);
    for (const name of RELEASES) {
      const objects = renderOf(name).installed.map(({ kind, metadata }) => `${kind} ${metadata?.name}`);
      expect(first[name]!.match(/^kind: /gm)).toHaveLength(objects.length);
    }
  }, 60_000);

  it("says why a chart cannot be rendered", async () => {
    const chart = path.join(folder, "broken");
    fs.mkdirSync(path.join(chart, "templates"), { recursive: true });
    fs.writeFileSync(path.join(chart, "Chart.yaml"), "apiVersion: v2\nname: loki\nversion: 1.0.0\n");
    fs.writeFileSync(path.join(chart, "templates/it.yaml"), '{{ fail "broken on purpose" }}');
    stackFile("local", { "watchtower:components": ["loki"], "watchtower:charts": { loki: { path: chart } } });
    const [out, err] = [new Memory(), new Memory()];
    expect(await run([], { out, err, folder })).toBe(1);
    expect(err.text).toMatch(/^render: helm cannot render loki: .*broken on purpose\.\n$/);
  });
});
