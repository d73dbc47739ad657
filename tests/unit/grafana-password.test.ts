import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { AdminPassword } from "../../components/admin-password";
import { grafanaCommand } from "../../values/grafana";
import { temporaryFolder } from "../helpers/tools";

/** Versions as the engine would know them: that of now, and the one that was remembered. */
async function changed(now: string, remembered: string): Promise<string | undefined> {
  await pulumi.runtime.setMocks({
    call: () => ({}),
    newResource: ({ name, inputs }) => ({
      id: name,
      state: name.endsWith("first-version")
        ? { keepers: { version: remembered } }
        : { ...(inputs as object), hex: now },
    }),
  });
  const { changed } = new AdminPassword("grafana-password", pulumi.secret("hush"));
  return new Promise((resolve) => changed.apply(resolve));
}

describe("Grafana's password", () => {
  it("counts as changed once its version is not the first one any more", async () => {
    expect(await changed("aaaa", "aaaa")).toBeUndefined();
    expect(await changed("bbbb", "aaaa")).toBe("bbbb");
  });

  it("changes nothing of the first start: the image's own command", () => {
    expect(grafanaCommand(undefined)).toBeUndefined();
  });
});

describe("the command of a pod whose password was changed", () => {
  let folder: string;
  const file = (name: string) => path.join(folder, name);
  const said = (name: string) => (fs.existsSync(file(name)) ? fs.readFileSync(file(name), "utf8") : "");

  beforeEach(() => {
    folder = temporaryFolder();
    fs.mkdirSync(file("data"));
    fs.writeFileSync(file("data/grafana.db"), "");
    program("grafana", `echo "$*" >> ${file("asked")}; cat > ${file("stdin")}`);
    program("run.sh", `echo started >> ${file("started")}`);
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  function program(name: string, does: string): void {
    fs.writeFileSync(file(name), `#!/bin/sh\n${does}\n`, { mode: 0o755 });
  }

  /** Starts the container. */
  function start(version: string): void {
    const [shell = "", flag = "", script = ""] = grafanaCommand(version)!;
    const { status } = spawnSync(shell, [flag, script.replace("/run.sh", file("run.sh"))], {
      env: {
        PATH: `${folder}:${process.env.PATH}`,
        GF_PATHS_DATA: file("data"),
        GF_PATHS_HOME: "/usr/share/grafana",
        GF_PATHS_CONFIG: "/etc/grafana/grafana.ini",
        GF_SECURITY_ADMIN_PASSWORD: `a "new" $HOME\\n`,
      },
    });
    expect(status).toBe(0);
  }

  it("sets it in the database, as it is, by Grafana's own program, and then starts Grafana", () => {
    start("v1");
    expect(said("asked")).toBe(
      "cli --homepath /usr/share/grafana --config /etc/grafana/grafana.ini admin reset-admin-password --password-from-stdin\n",
    );
    expect(said("stdin")).toBe(`a "new" $HOME\\n\n`);
    expect(said("started")).toBe("started\n");
  });

  it("does so once for each version, and not at every start", () => {
    for (const version of ["v1", "v1", "v2", "v2"]) start(version);
    expect(said("asked").trim().split("\n")).toHaveLength(2);
    expect(said("started").trim().split("\n")).toHaveLength(4);
  });

  it("leaves a first start alone: Grafana makes its database with the password it is given", () => {
    fs.rmSync(file("data/grafana.db"));
    start("v1");
    expect([said("asked"), said("started")]).toEqual(["", "started\n"]);
  });

  it("starts Grafana with the old one where it cannot be set, and tries again at the next start", () => {
    program("grafana", `echo asked >> ${file("asked")}; exit 1`);
    start("v1");
    start("v1");
    expect([said("asked"), said("started")]).toEqual(["asked\nasked\n", "started\nstarted\n"]);
  });

  it("has nothing in it that Kubernetes would take for a variable of its own", () => {
    expect(grafanaCommand("v1")!.join("\n")).not.toContain("$(");
  });
});
