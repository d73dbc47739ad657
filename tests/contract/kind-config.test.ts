import * as fs from "node:fs";
import * as path from "node:path";
import { kindConfig } from "../../values/kind";
import { describeWith, type Ended, program, run, temporaryFolder } from "../helpers/tools";

const kind = program("kind");
const CONFIG = kindConfig({ grafanaPort: 3001, otlpGrpcPort: 14317, otlpHttpPort: 14318 });

describeWith([kind], "the real kind, before a Docker that only pretends", () => {
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder();
    fs.copyFileSync(path.join(__dirname, "fakes/docker-for-kind"), path.join(folder, "docker"));
    fs.chmodSync(path.join(folder, "docker"), 0o755);
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  /** Has no other Docker to find, and ends in failure where the node would start. */
  function create(config: string): Ended & { nodeStart?: string } {
    const ended = run(kind, ["create", "cluster", "--name", "no-such-cluster", "--config", "-"], {
      input: config,
      env: { PATH: folder, FAKE: folder, HOME: folder, KIND_EXPERIMENTAL_PROVIDER: "docker" },
    });
    const calls = path.join(folder, "calls");
    const asked = fs.existsSync(calls) ? fs.readFileSync(calls, "utf8").split("\n") : [];
    return { ...ended, nodeStart: asked.find((call) => call.startsWith("docker run ")) };
  }

  it("opens our three ports on 127.0.0.1, and nothing on the laptop's other addresses", () => {
    const published = create(CONFIG).nodeStart!.match(/(?<=--publish=)\S+/g)!;
    expect(published).toEqual(
      expect.arrayContaining([
        "127.0.0.1:3001:30000/TCP",
        "127.0.0.1:14317:30317/TCP",
        "127.0.0.1:14318:30318/TCP",
      ]),
    );
    expect(published.filter((port) => !port.startsWith("127.0.0.1:"))).toEqual([]);
    expect(published).toHaveLength(4); // the cluster's API is the fourth
  });

  it("makes one node", () => {
    expect(create(CONFIG).nodeStart).toContain("--name no-such-cluster-control-plane ");
  });

  it("would refuse a key it does not know, before it asks Docker for anything", () => {
    const { code, stderr, nodeStart } = create(CONFIG.replace("listenAddress", "listenAdress"));
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/listenAdress/);
    expect(nodeStart).toBeUndefined();
  });
});
