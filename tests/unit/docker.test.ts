import * as fs from "node:fs";
import * as path from "node:path";
import { containerStatus, dockerInfo } from "../../scripts/lib/docker";
import { Fault } from "../../scripts/lib/fault";
import { stopNode, wake } from "../../scripts/lib/node";
import { ownEnvironment } from "../helpers/own-environment";
import { program, temporaryFolder } from "../helpers/tools";

ownEnvironment();

const SLEEP = program("sleep").path!;
let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
  process.env.PATH = folder;
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const docker = (script: string) =>
  fs.writeFileSync(path.join(folder, "docker"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });

describe("Docker", () => {
  const NOT_LET_IN = "Docker does not let you in: run `sudo usermod -aG docker $USER`, log in again";
  const NOT_THERE = "Docker does not answer: start Docker, and run this again.";
  const PAUSED = "Docker Desktop is paused: resume it in its menu, and run this again.";
  const DOCKER_29 =
    "failed to connect to the docker API at unix:///x.sock; check if the path is correct and if the daemon is running: dial unix /x.sock: connect: no such file or directory";
  const DESKTOP =
    "Error response from daemon: Docker Desktop is manually paused. Unpause it through the Whale menu or Dashboard.";

  it("says what it is", async () => {
    docker(
      `echo '{"ServerVersion":"28.1.0","MemTotal":17,"DockerRootDir":"/var/lib/docker","CgroupVersion":"2"}'`,
    );
    const is = { version: "28.1.0", memory: 17, folder: "/var/lib/docker", cgroup: "2" };
    expect(await dockerInfo()).toEqual(is);
  });

  it("that is missing is to be installed", async () => {
    await expect(dockerInfo()).rejects.toThrow(/^Docker is missing: install it \(https:\S+\), start it/);
  });

  it.each([
    ["echo Cannot connect to the Docker daemon at unix:///x.sock. >&2; exit 1", NOT_THERE],
    [`echo '{"ServerVersion":"","ServerErrors":["Cannot connect to the Docker daemon"]}'`, NOT_THERE],
    [`echo '${DOCKER_29}' >&2; exit 1`, NOT_THERE],
    [`echo '{"ServerVersion":"","ServerErrors":["${DOCKER_29}"]}'`, NOT_THERE],
    [`echo '${DESKTOP}' >&2; exit 1`, PAUSED],
    [`echo '{"ServerVersion":"","ServerErrors":["${DESKTOP}"]}'`, PAUSED],
    ["echo permission denied while trying to connect to the socket >&2; exit 1", NOT_LET_IN],
    [`echo '{"ServerVersion":"","ServerErrors":["permission denied while trying to connect"]}'`, NOT_LET_IN],
  ])("that answers with %s is told in one sentence", async (script, sentence) => {
    docker(script);
    await expect(dockerInfo()).rejects.toThrow(sentence);
  });
});

it("a Docker that takes the question and does not answer is to be restarted", async () => {
  docker(`exec ${SLEEP} 60`);
  const sentence = "Docker takes the question and does not answer: restart Docker, and run this again.";
  await expect(dockerInfo(100)).rejects.toThrow(sentence);
  await expect(containerStatus("node", 100)).rejects.toThrow(sentence);
});

describe("a container", () => {
  it("is told as Docker has it, and as none where Docker has none", async () => {
    docker("echo paused");
    expect(await containerStatus("node")).toBe("paused");
    docker(`echo "Error response from daemon: No such container: node" >&2; exit 1`);
    expect(await containerStatus("node")).toBeUndefined();
  });

  it.each([
    ["exited", "start"],
    ["paused", "unpause"],
  ])("that is %s is woken by docker %s", async (status, how) => {
    const calls = path.join(folder, "calls");
    docker(`echo "$*" >> ${calls}\necho ${status}`);
    await wake("node");
    expect(fs.readFileSync(calls, "utf8").trim().split("\n").at(-1)).toBe(`${how} node`);
  });

  const TAKEN =
    "Docker does not start node, since port 3000 is taken by another program: `npm run doctor` says by which; stop that, and run this again.";
  it.each([
    [
      "driver failed programming external connectivity on endpoint node (5f3c): Bind for 127.0.0.1:3000 failed: port is already allocated",
      TAKEN,
    ],
    [
      "failed to set up container networking: driver failed programming external connectivity on endpoint node (5f3c): failed to bind host port for 127.0.0.1:3000:172.18.0.2:30000/tcp: address already in use",
      TAKEN,
    ],
    [
      "Ports are not available: exposing port TCP 127.0.0.1:3000 -> 127.0.0.1:0: listen tcp4 127.0.0.1:3000: bind: address already in use",
      TAKEN,
    ],
    [
      "no space left on device",
      "Docker does not start node (no space left on device): mend what it says, and run this again.",
    ],
  ])("that does not start is told of in one sentence: %s", async (said, sentence) => {
    const failed = "Error: failed to start containers: node";
    docker(`case $1 in
      inspect) echo exited ;;
      *) echo "Error response from daemon: ${said}" >&2; echo "${failed}" >&2; exit 1 ;;
    esac`);
    await expect(wake("node")).rejects.toThrow(new Fault(sentence));
  });

  it("that does not stop is told of in one sentence", async () => {
    const said = "Error response from daemon: cannot stop container: node: permission is not given";
    docker(`[ $1 = exec ] || { echo "${said}" >&2; exit 1; }`);
    await expect(stopNode({ CLUSTER: "watchtower" })).rejects.toThrow(
      new Fault(
        "Docker does not stop watchtower-control-plane (cannot stop container: node: permission is not given): mend what it says, and run this again.",
      ),
    );
  });

  it.each([
    ["echo Cannot connect to the Docker daemon. >&2; exit 1", "Docker does not answer: start Docker"],
    ["echo something else >&2; exit 1", "Docker does not tell of the container node (something else)"],
    [
      "echo failed to connect to the docker API at unix:///x.sock. >&2; exit 1",
      "Docker does not answer: start Docker",
    ],
  ])("does not count as gone when Docker says: %s", async (script, sentence) => {
    docker(script);
    await expect(containerStatus("node")).rejects.toThrow(sentence);
  });
});
