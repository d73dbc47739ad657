import { FakeMachine } from "../helpers/fake-machine";
import { type KindCommand, kindCommand } from "../helpers/kind-command";
import { withListener } from "../helpers/ports";
import { describeWith, program, run } from "../helpers/tools";

let kind: KindCommand;
let machine: FakeMachine;
beforeAll(async () => {
  kind = await kindCommand();
});
beforeEach(() => {
  machine = new FakeMachine(kind.environment);
});
afterEach(() => machine.remove());

describe("kind-cluster.sh ensure", () => {
  it.each(["grafanaPort", "otlpGrpcPort", "otlpHttpPort"] as const)(
    "makes nothing while another program has %s, and says how to choose another",
    async (key) => {
      await withListener(Number(kind.ports[key]), () => {
        const { code, stdout, stderr } = machine.run("ensure");
        expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
        expect(stderr).toMatch(new RegExp(`Port ${kind.ports[key]} on 127.0.0.1 is taken`));
        expect(stderr.match(/`pulumi config set \w+ \d+`/g)).toEqual([
          `\`pulumi config set ${key} ${Number(kind.ports[key]) + 1000}\``,
        ]);
      });
      expect(machine.takeChanges()).toEqual([]);
      expect(machine.state).toEqual({});
    },
  );
});

describe.each(["ensure", "delete"])("kind-cluster.sh %s without what it needs", (verb) => {
  it.each([
    ["docker", /^Docker is missing: install Docker, .*\n$/],
    ["kind", /^kind is missing: install kind .*https:\/\/kind\.sigs\.k8s\.io.*\n$/],
  ])("says in one sentence that %s is missing", (name, sentence) => {
    machine.uninstall(name);
    const { code, stdout, stderr } = machine.run(verb);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(sentence);
  });

  it("says in one sentence that Docker does not answer, and changes nothing", () => {
    machine.addCluster("watchtower", kind.environment.OWNER);
    machine.set("docker-is-down", "");
    const before = machine.state;
    const { code, stderr } = machine.run(verb);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Docker does not answer: start Docker, .*\n$/);
    expect(machine.takeChanges()).toEqual([]);
    expect(machine.state).toEqual(before);
  });
});

it("kind-cluster.sh explains itself to whoever runs it otherwise", () => {
  expect(machine.run("destroy")).toMatchObject({
    code: 1,
    stderr: "usage: kind-cluster.sh ensure | delete | state | ports\n",
  });
});

// `sh` is another shell on each system: bash's on macOS, dash on Debian, busybox's on Alpine.
describe.each([
  ["sh", []],
  ["dash", []],
  ["busybox", ["sh"]],
  ["bash", ["--posix"]],
])("under the shell %s", (name, args) => {
  const shell = program(name);

  describeWith([shell], [name, ...args].join(" "), () => {
    it("the script parses", () => {
      expect(run(shell, [...args, "-n", "scripts/kind-cluster.sh"])).toEqual({
        code: 0,
        stdout: "",
        stderr: "",
      });
    });

    it("a cluster is made, killed, mended and taken away", () => {
      machine.remove();
      machine = new FakeMachine(kind.environment, [shell.path!, ...args]);
      machine.set("create-goes-wrong", "it is killed");
      expect(machine.run("ensure").signal).toBe("SIGKILL");
      machine.set("create-goes-wrong");
      expect(machine.run("ensure")).toMatchObject({ code: 0, stdout: "kubeconfig of watchtower\n" });
      expect(machine.config.trimEnd()).toBe(kind.environment.KIND_CONFIG!.trimEnd());
      expect(machine.run("delete").code).toBe(0);
      expect(machine.state).toEqual({});
    });
  });
});
