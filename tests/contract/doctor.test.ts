import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Finding } from "../../scripts/lib/finding";
import { FakeMachine } from "../helpers/fake-machine";
import { deadPid, LivingProcess } from "../helpers/processes";
import { freePorts } from "../helpers/ports";
import { ProjectCopy } from "../helpers/project-copy";
import { describeWith, program } from "../helpers/tools";

const pulumi = program("pulumi");
const SLOW_MS = 60_000;
const PORTS = ["grafanaPort", "otlpGrpcPort", "otlpHttpPort"];
const URN = (type: string, name: string) => `urn:pulumi:local::watchtower::${type}::${name}`;

/** Runs the verb as a program, with the real Pulumi CLI on a state of its own, and with a Docker and kind that only pretend. */
describeWith([pulumi], "npm run doctor with the real Pulumi", () => {
  let copy: ProjectCopy;
  let machine: FakeMachine;
  let env: NodeJS.ProcessEnv;
  let given: Record<string, string>;
  beforeEach(async () => {
    copy = new ProjectCopy();
    const ports = await freePorts(PORTS.length);
    const HOST_PORTS = PORTS.map((key, i) => `${key}=${ports[i]}`).join(" ");
    given = {
      CLUSTER: "watchtower",
      OWNER: "ours",
      KIND_CONFIG: "kind: Cluster",
      NODE_IMAGE: "",
      HOST_PORTS,
    };
    const config = PORTS.map((key, i) => `  watchtower:${key}: ${ports[i]}\n`).join("");
    fs.writeFileSync(path.join(copy.folder, "Pulumi.local.yaml"), `config:\n${config}`);
    machine = new FakeMachine(given);
    const state = path.join(copy.folder, ".watchtower/state");
    fs.mkdirSync(state, { recursive: true });
    const bin = machine.environment.PATH!;
    for (const tool of [pulumi, program("ps"), program("sed")])
      fs.symlinkSync(tool.path!, path.join(bin, tool.name));
    for (const name of ["command", "kubernetes", "random"])
      fs.writeFileSync(path.join(bin, `pulumi-resource-${name}`), "", { mode: 0o755 });
    env = {
      ...{
        PATH: bin,
        FAKE: machine.environment.FAKE,
        HOME: copy.folder,
        PULUMI_HOME: path.join(copy.folder, "home"),
      },
      ...{ PULUMI_CONFIG_PASSPHRASE: "right", PULUMI_SKIP_UPDATE_CHECK: "true", PULUMI_STACK: "" },
      ...{ KUBECONFIG: path.join(copy.folder, "kubeconfig") },
    };
    delete env.PULUMI_STACK;
  });
  afterEach(() => {
    machine.remove();
    copy.remove();
  });

  const cli = (...args: string[]) => {
    execFileSync(pulumi.path!, [...args, "--non-interactive"], { cwd: copy.folder, env, stdio: "pipe" });
  };

  /** What doctor finds, by name: state and what it saw. */
  async function doctor(...args: string[]) {
    const { code, out, err } = await copy.run("doctor", env, ["--json", "--offline", ...args]);
    if (out === "") throw new Error(err);
    const { findings, fixed } = JSON.parse(out) as { findings: Finding[]; fixed: { name: string }[] };
    const of = (name: string) => findings.find((one) => one.name === name);
    return {
      code,
      of,
      fixed: fixed.map(({ name }) => name),
      wrong: findings.filter(({ state }) => state === "wrong"),
    };
  }

  /** Leaves a state as `up` does. */
  function stackIsUp(): void {
    cli("stack", "init", "local");
    const resources = [
      { urn: URN("pulumi:pulumi:Stack", "watchtower-local"), type: "pulumi:pulumi:Stack", custom: false },
      {
        urn: URN("command:local:Command", "watchtower-kind"),
        ...{ type: "command:local:Command", custom: true, id: "an-id", inputs: { environment: given } },
      },
    ];
    const deployment = { manifest: { time: new Date(), magic: "", version: "" }, resources };
    const file = path.join(copy.folder, "deployment.json");
    fs.writeFileSync(file, JSON.stringify({ version: 3, deployment }));
    cli("stack", "import", "--file", file);
  }

  it(
    "finds nothing wrong before the first `up`, and changes nothing",
    async () => {
      const { code, of, wrong } = await doctor();
      expect([wrong, code]).toEqual([[], 0]);
      expect(of("state")?.saw).toBe("no stack yet: `npm run up` makes it");
      expect(of("cluster")?.saw).toBe("none yet: `npm run up` makes it");
      expect(of("Docker")?.saw).toBe("28.1.0");
      expect(fs.readdirSync(path.join(copy.folder, ".watchtower"))).toEqual(["state"]);
      expect(machine.state).toEqual({});
    },
    SLOW_MS,
  );

  it(
    "finds a cluster of our name that its state does not know",
    async () => {
      machine.run("ensure");
      const { code, of } = await doctor();
      expect(of("cluster")).toMatchObject({
        state: "wrong",
        saw: expect.stringMatching(/this stack's state does not know$/) as string,
      });
      expect(code).toBe(1);
    },
    SLOW_MS,
  );

  it(
    "finds that the state names a cluster that is gone, or is stopped",
    async () => {
      stackIsUp();
      expect((await doctor()).of("cluster")?.saw).toBe("the state names a cluster that is gone");
      machine.run("ensure");
      machine.stop("watchtower");
      expect((await doctor()).of("cluster")).toMatchObject({
        saw: "watchtower-control-plane is stopped",
        mend: "`npm run resume` starts it, with all its data",
      });
    },
    SLOW_MS,
  );

  it(
    "finds that Docker does not answer, and that the ports and the cluster cannot be known then",
    async () => {
      stackIsUp();
      machine.set("docker-is-down", "");
      const { of, wrong } = await doctor();
      expect(wrong.map(({ saw }) => saw)).toEqual([
        "Docker does not answer: start Docker, and run this again.",
      ]);
      expect(of("cluster")).toMatchObject({ state: "warn", saw: "not looked at, for the reason told above" });
    },
    SLOW_MS,
  );

  it(
    "finds that the passphrase is not the stack's own",
    async () => {
      cli("stack", "init", "local");
      cli("config", "set", "--secret", "sumoEndpoint", "https://sumo.example/x");
      expect((await doctor()).of("state")?.state).toBe("ok");
      env.PULUMI_CONFIG_PASSPHRASE = "another";
      expect((await doctor()).of("state")).toMatchObject({
        state: "wrong",
        saw: expect.stringMatching(/^The passphrase in use is not the one of this stack/) as string,
      });
    },
    SLOW_MS,
  );

  it(
    "makes the folder of the state where it is gone, and finds the state lost with it",
    async () => {
      stackIsUp();
      machine.run("ensure", { STACK: "local" });
      fs.rmSync(path.join(copy.folder, ".watchtower"), { recursive: true });
      const { of } = await doctor();
      expect(of("state")).toMatchObject({ state: "ok", saw: "no stack yet: `npm run up` makes it" });
      expect(of("cluster")?.state).toBe("wrong");
    },
    SLOW_MS,
  );

  it(
    "finds that the folder of a state elsewhere is gone, and says how to have one",
    async () => {
      env.PULUMI_BACKEND_URL = `file://${path.join(path.dirname(copy.folder), "nowhere/state")}`;
      const { wrong } = await doctor();
      expect(wrong).toEqual([
        {
          name: "state",
          state: "wrong",
          saw: expect.stringMatching(
            /^There is no folder \S*state for .*: make it with `mkdir -p \S+`/,
          ) as string,
        },
      ]);
    },
    SLOW_MS,
  );

  it(
    "finds settings that cannot be used",
    async () => {
      cli("stack", "init", "local");
      cli("config", "set", "grafanaPort", "99999");
      const { of } = await doctor();
      expect(of("settings")).toMatchObject({
        state: "wrong",
        saw: expect.stringContaining("grafanaPort is 99999") as string,
      });
      expect(of("ports")).toMatchObject({ state: "warn" });
    },
    SLOW_MS,
  );

  it(
    "finds the lock of a dead process, leaves that of a living one, and --fix takes the dead one's away",
    async () => {
      stackIsUp();
      const locks = path.join(copy.folder, ".watchtower/state/.pulumi/locks/organization/watchtower/local");
      fs.mkdirSync(locks, { recursive: true });
      const hold = (pid: number) =>
        fs.writeFileSync(
          path.join(locks, "5d.json"),
          JSON.stringify({ pid, username: "me", hostname: os.hostname(), timestamp: new Date() }),
        );
      const called = path.join(copy.folder, "pulumi-at-work");
      fs.symlinkSync(program("grep").path!, called); // isPulumiAtWork goes by the name
      const living = new LivingProcess(called, ["anything"]);
      hold(living.pid);
      expect((await doctor("--fix")).of("lock")?.saw).toMatch(
        `process ${living.pid} is at work on the stack`,
      );
      expect(fs.readdirSync(locks)).toHaveLength(1);
      await living.end();
      hold(deadPid());
      const { of, fixed } = await doctor("--fix");
      expect([of("lock")?.state, fixed]).toEqual(["ok", ["lock"]]);
      expect(fs.readdirSync(locks)).toEqual([]);
    },
    SLOW_MS,
  );
});
