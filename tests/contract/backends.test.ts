import * as fs from "node:fs";
import * as path from "node:path";
import { renderOf, toRender, VARIANTS, type Variant } from "../helpers/releases";
import { containersOf, type Pod } from "../helpers/render";
import { describeWith, type Ended, program, run, temporaryFolder } from "../helpers/tools";

/*
 * The charts pass on any key, a wrong one too, into a program's configuration; the program itself refuses what it does
 * not know. Each is started as its pod would start it, flags and all, only to read its configuration and stop.
 */
describe.each([
  { name: "tempo", map: "tempo", key: "tempo.yaml", onlyRead: "-config.verify=true", known: "ingester:" },
  { name: "loki", map: "loki", key: "config.yaml", onlyRead: "-verify-config", known: "limits_config:" },
  // It has no flag for it, but reads and checks all before it lists its modules.
  { name: "mimir", map: "mimir-config", key: "mimir.yaml", onlyRead: "-modules", known: "querier:" },
] as const)("the real server", ({ name, map, key, onlyRead, known }) => {
  const server = program(name);

  describeWith([server, ...toRender(name)], name, () => {
    let folder: string;
    beforeAll(() => {
      folder = temporaryFolder();
    });
    afterAll(() => fs.rmSync(folder, { recursive: true }));

    function start(pod: Pod, config: string): Ended {
      const file = path.join(folder, key);
      fs.writeFileSync(file, config);
      const flags = containersOf(pod)[0]!.args!.map((flag) =>
        flag.replace(/^-config\.file=.*/, `-config.file=${file}`).replace("$(POD_IP)", "127.0.0.1"),
      );
      return run(server, [...flags, onlyRead]);
    }

    function text(variant: Variant = {}): string {
      return renderOf(name, variant).one("ConfigMap", map).data![key]!;
    }

    it.each(["as it comes", "without Mimir"])(
      "reads its configuration and its flags in each pod, %s",
      (label) => {
        const variant = VARIANTS[label]!;
        for (const pod of renderOf(name, variant).pods) {
          const { code, stdout, stderr } = start(pod, text(variant));
          expect({ owner: pod.owner, code, said: code === 0 ? "" : stdout + stderr }).toEqual({
            owner: pod.owner,
            code: 0,
            said: "",
          });
        }
      },
    );

    it("would refuse a key it does not know", () => {
      const { code, stdout, stderr } = start(renderOf(name).pods[0]!, text().replace(known, `not_${known}`));
      expect(code).not.toBe(0);
      expect(stdout + stderr).toContain(`not_${known.slice(0, -1)}`);
    });
  });
});
