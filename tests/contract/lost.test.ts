import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { TOOLS } from "../../versions";
import { FakeMachine } from "../helpers/fake-machine";
import { ProjectCopy } from "../helpers/project-copy";
import { describeWith, program } from "../helpers/tools";

const FAKES = path.join(__dirname, "fakes");
const PASSPHRASE = ".watchtower/passphrase";
const STATE = ".watchtower/state";
const SLOW_MS = 180_000; // several runs of Pulumi, on a machine that may be busy

/** Something whose state has a secret in it, as the whole stack's has. */
const PROGRAM = `import * as random from "@pulumi/random";
export = () => ({ password: new random.RandomPassword("password", { length: 8 }).result });
`;

const NEEDED = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-random"].map(program);

describeWith(NEEDED, "a stack of which something is lost", () => {
  let project: ProjectCopy;
  let machine: FakeMachine;
  let env: NodeJS.ProcessEnv;
  const at = (file: string) => path.join(project.folder, file);
  const pulumi = (...args: string[]) =>
    execFileSync(NEEDED[0]!.path!, args, {
      cwd: project.folder,
      env: { ...env, PULUMI_CONFIG_PASSPHRASE_FILE: at(PASSPHRASE) },
      stdio: "pipe",
    });
  const verb = (name: string, ...args: string[]) => project.run(name, env, args);
  const stackFile = () => fs.readFileSync(at("Pulumi.local.yaml"), "utf8");

  beforeEach(async () => {
    project = new ProjectCopy();
    machine = new FakeMachine({});
    // Docker and kind only pretend; Pulumi is the real one, with state and passphrase in the copy's own folder.
    for (const [name, to] of [
      ["docker", "bin"],
      ["kind", `.watchtower/tools/kind-${TOOLS.kind.version}`],
    ] as const) {
      fs.mkdirSync(at(to), { recursive: true });
      fs.copyFileSync(path.join(FAKES, name), at(`${to}/${name}`));
      fs.chmodSync(at(`${to}/${name}`), 0o755);
    }
    const folders = [...new Set(NEEDED.map((tool) => path.dirname(tool.path!)))];
    env = {
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^PULUMI_/.test(name))),
      FAKE: machine.environment.FAKE,
      PULUMI_HOME: at("pulumi-home"),
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PATH: [...folders, process.env.PATH].join(path.delimiter),
    };
    fs.writeFileSync(at("index.ts"), PROGRAM);
    expect(await verb("env")).toMatchObject({ code: 0 });
    pulumi("stack", "init", "local");
    pulumi("config", "set", "--secret", "sumoEndpoint", "https://example.com/a-token");
    pulumi("up", "--yes", "--skip-preview");
    machine.addCluster("watchtower", "an id", `stack local of ${project.folder}`);
  }, SLOW_MS);
  afterEach(() => {
    machine.remove();
    project.remove();
  });

  it(
    "its passphrase: down says what to do, and down --lost does it, so that the next start is a first one",
    async () => {
      fs.rmSync(at(PASSPHRASE));
      for (const name of ["up", "down"]) {
        const { code, err } = await verb(name);
        expect([code, err]).toEqual([
          1,
          expect.stringMatching(
            new RegExp(`^${name}: The stack's secrets are locked, .*\`npm run down -- --lost\``),
          ),
        ]);
        expect(fs.existsSync(at(PASSPHRASE))).toBe(false); // none is drawn where the lost one belongs
      }
      expect(machine.state).not.toEqual({});

      expect(await verb("down", "--lost")).toEqual({
        code: 0,
        err: "",
        out: [
          "A cluster was there whose state is lost, made by this stack: it is removed.",
          "The state of stack local is forgotten, with what its passphrase was known by.",
          "These settings were encrypted, and have to be set again: sumoEndpoint.",
          "`npm run up` starts anew.\n",
        ].join("\n"),
      });
      expect(machine.state).toEqual({});
      expect(stackFile()).toBe("config:\n  watchtower:grafanaAdminPassword: watchtower\n");
      expect(await verb("down", "--lost")).toMatchObject({ code: 0 }); // again: nothing is in its way
      pulumi("stack", "init", "local");
      pulumi("up", "--yes", "--skip-preview");
    },
    SLOW_MS,
  );

  it(
    "its state: down takes the cluster away by its mark, with or without the folder of the state",
    async () => {
      fs.rmSync(at(STATE), { recursive: true });
      expect(await verb("down")).toEqual({
        code: 0,
        err: "",
        out: [
          "A cluster was there whose state is lost, made by this stack: it is removed.",
          "There is no such stack, so there is nothing to take away.\n",
        ].join("\n"),
      });
      expect(machine.state).toEqual({});
      pulumi("stack", "init", "local"); // the folder is there again, and the settings are what they were
      expect(pulumi("config", "get", "sumoEndpoint").toString()).toBe("https://example.com/a-token\n");
    },
    SLOW_MS,
  );

  it(
    "its state, and up was tried since: down takes the cluster away by its mark, too",
    async () => {
      fs.rmSync(at(STATE), { recursive: true });
      fs.mkdirSync(at(STATE));
      pulumi("stack", "init", "local");
      pulumi("up", "--yes", "--skip-preview");
      const { code, out } = await verb("down");
      expect([code, out]).toEqual([
        0,
        expect.stringMatching(
          /^A cluster was there whose state is lost, made by this stack: it is removed\.$/m,
        ),
      ]);
      expect(machine.state).toEqual({});
    },
    SLOW_MS,
  );
});
