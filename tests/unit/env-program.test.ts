import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { TOOLS } from "../../versions";
import { FakeHost } from "../helpers/fake-host";
import { ownEnvironment } from "../helpers/own-environment";
import { ProjectCopy } from "../helpers/project-copy";

const SLOW_MS = 30_000; // a process of its own, on a machine that may be busy

ownEnvironment();
let project: ProjectCopy;
beforeEach(() => {
  project = new ProjectCopy();
  project.program("bin/pulumi", TOOLS.pulumi.least);
});
afterEach(() => project.remove());

it(
  "env gives a shell the programs and the passphrase of its own project, and nothing else",
  async () => {
    const ours = `.watchtower/tools/kind-${TOOLS.kind.version}`;
    project.program(`${ours}/kind`, TOOLS.kind.version);
    const { code, out, err } = await project.run("env");
    expect([code, err]).toEqual([0, ""]);
    const script = `eval "$OUT"; command -v kind; printf '%s\\n' "$PULUMI_CONFIG_PASSPHRASE_FILE"`;
    const { stdout } = spawnSync("sh", ["-c", script], { encoding: "utf8", env: { OUT: out } });
    const passphrase = path.join(project.folder, ".watchtower/passphrase");
    expect(stdout.split("\n")).toEqual([path.join(project.folder, ours, "kind"), passphrase, ""]);
    expect(fs.statSync(passphrase).mode & 0o777).toBe(0o600);
    expect(out.split("\n").filter((line) => !line.startsWith("export "))).toEqual([""]);
  },
  SLOW_MS,
);

it(
  "env draws no passphrase where one is lost, which would not open what that has locked",
  async () => {
    project.program(`.watchtower/tools/kind-${TOOLS.kind.version}/kind`, TOOLS.kind.version);
    fs.appendFileSync(path.join(project.folder, "Pulumi.local.yaml"), "encryptionsalt: v1:x\n");
    const drawn = async (PULUMI_STACK: string) => {
      expect(await project.run("env", { ...process.env, PULUMI_STACK })).toMatchObject({ code: 0 });
      return fs.existsSync(path.join(project.folder, ".watchtower/passphrase"));
    };
    expect(await drawn("local")).toBe(false);
    expect(await drawn("another")).toBe(true);
  },
  SLOW_MS,
);

it(
  "env gives a program the same variables",
  async () => {
    project.program(`.watchtower/tools/kind-${TOOLS.kind.version}/kind`, TOOLS.kind.version);
    const { code, out } = await project.run("env", process.env, ["--json"]);
    const variables = JSON.parse(out) as Record<string, string>;
    expect([code, variables.PULUMI_CONFIG_PASSPHRASE_FILE]).toEqual([
      0,
      path.join(project.folder, ".watchtower/passphrase"),
    ]);
    expect(variables.PATH).toMatch(`kind-${TOOLS.kind.version}`);
  },
  SLOW_MS,
);

it(
  "env gives a shell nothing to evaluate when a tool cannot be had",
  async () => {
    project.program("bin/kind", "0.1.0");
    const host = await FakeHost.start();
    host.file = Buffer.from("something else");
    const { code, out, err } = await project.run("env", { ...process.env, WATCHTOWER_MIRROR: host.url });
    host.stop();
    expect([code, out]).toEqual([1, ""]);
    const [told, sentence, ...rest] = err.split("\n");
    expect(told).toBe(`kind 0.1.0 is older than ${TOOLS.kind.least}: fetching ${TOOLS.kind.version}`);
    expect(sentence).toMatch(/^env: What \S+ sent is not what was published: /);
    expect(rest).toEqual([""]);
    expect(fs.readdirSync(path.join(project.folder, ".watchtower/tools"))).toEqual([]);
  },
  SLOW_MS,
);
