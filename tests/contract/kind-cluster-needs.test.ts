import { FakeMachine } from "../helpers/fake-machine";
import { kindMachine } from "../helpers/kind-machine";
import { withListener } from "../helpers/ports";
import { describeWith, program, run } from "../helpers/tools";

const on = kindMachine();

describe("kind-cluster.sh ensure", () => {
  it.each(["grafanaPort", "otlpGrpcPort", "otlpHttpPort"] as const)(
    "makes nothing while another program has %s, and says how to choose another",
    async (key) => {
      await withListener(Number(on.kind.ports[key]), () => {
        const { code, stdout, stderr } = on.machine.run("ensure");
        expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
        expect(stderr).toMatch(new RegExp(`Port ${on.kind.ports[key]} on 127.0.0.1 is taken`));
        expect(stderr.match(/`pulumi config set \w+ \d+`/g)).toEqual([
          `\`pulumi config set ${key} ${Number(on.kind.ports[key]) + 1000}\``,
        ]);
      });
      expect(on.machine.takeChanges()).toEqual([]);
      expect(on.machine.state).toEqual({});
    },
  );
});

describe.each(["ensure", "delete", "check"])("kind-cluster.sh %s without what it needs", (verb) => {
  it.each([
    ["docker", /^Docker is missing: install Docker, .*\n$/],
    ["kind", /^kind is missing: install kind .*https:\/\/kind\.sigs\.k8s\.io.*\n$/],
  ])("says in one sentence that %s is missing", (name, sentence) => {
    on.machine.uninstall(name);
    const { code, stdout, stderr } = on.machine.run(verb);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(sentence);
  });

  it("says in one sentence that Docker does not answer, and changes nothing", () => {
    on.machine.addCluster("watchtower", on.kind.environment.OWNER);
    on.machine.set("docker-is-down", "");
    const before = on.machine.state;
    const { code, stderr } = on.machine.run(verb);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Docker does not answer: start Docker, .*\n$/);
    expect(on.machine.takeChanges()).toEqual([]);
    expect(on.machine.state).toEqual(before);
  });
});

it("kind-cluster.sh says in one sentence that Docker hangs, and does not hang with it", () => {
  on.machine.set("docker-hangs", "");
  const { code, stdout, stderr } = on.machine.run("state");
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^Docker takes the question and does not answer: restart Docker, .*\n$/);
}, 30_000); // it gives Docker 10 s

it("kind-cluster.sh explains itself to whoever runs it otherwise", () => {
  expect(on.machine.run("destroy")).toMatchObject({
    code: 1,
    stderr: "usage: kind-cluster.sh ensure | delete | state | check | ports | remove-lost\n",
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
      on.machine.remove();
      on.machine = new FakeMachine(on.kind.environment, [shell.path!, ...args]);
      expect(on.machine.makingIsKilled().signal).toBe("SIGKILL");
      expect(on.machine.run("ensure")).toMatchObject({ code: 0, stdout: "kubeconfig of watchtower\n" });
      expect(on.machine.config.trimEnd()).toBe(on.kind.environment.KIND_CONFIG!.trimEnd());
      expect(on.machine.run("delete").code).toBe(0);
      expect(on.machine.state).toEqual({});
    });
  });
});
