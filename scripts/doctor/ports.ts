import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type Port, portsInUse } from "../lib/kind";
import { asTyped } from "../lib/home";
import { type Check, type Found, Unseen } from "./check";
import type { Facts } from "./facts";

/** The stack's ports on this machine: free while it is down, its own while it is up, and never another's. */
export const PORTS: Check[] = [{ name: "ports", look: ports }];

async function ports(facts: Facts): Promise<Found[]> {
  const { cluster } = await facts.settings().catch(() => {
    throw new Unseen("not looked at, since the settings are wrong");
  });
  if (cluster.kind === "existing") return [];
  const inUse = await portsInUse({ ...cluster.hostPorts });
  const ours = await mapped(facts);
  return Promise.all(inUse.map((port) => judge(port, ours)));
}

/** The ports that our cluster has, by key, while it runs; none where it does not or nobody knows. */
async function mapped(facts: Facts): Promise<Map<string, number> | undefined> {
  try {
    if ((await facts.cluster()) !== "running") return undefined;
    const { HOST_PORTS = "" } = (await facts.kept()).cluster ?? {};
    return new Map(
      HOST_PORTS.split(" ").map((word) => {
        const [key = "", port] = word.split("=");
        return [key, Number(port)];
      }),
    );
  } catch {
    return undefined; // told by the check of the cluster
  }
}

async function judge({ key, port, taken }: Port, ours: Map<string, number> | undefined): Promise<Found> {
  const name = `port ${port}`;
  const has = ours?.get(key);
  if (has === port)
    return taken
      ? { name, state: "ok", saw: `${key}: the stack's own` }
      : {
          name,
          state: "wrong",
          saw: `${key}: nothing answers, though the cluster has it`,
          mend: "`npm run pause && npm run resume` makes Docker open it again",
        };
  if (taken)
    return {
      name,
      state: "wrong",
      saw: `${key}: taken by ${await whoHas(port)}`,
      mend: `stop that program, or choose another port: \`${asTyped(`pulumi config set ${key} ${port < 64536 ? port + 1000 : port - 1000}`)}\``,
    };
  if (has !== undefined)
    return {
      name,
      state: "warn",
      saw: `${key}: free, while the cluster has ${has}; the next \`npm run up\` makes the cluster anew for it, data included`,
      mend: `to keep the cluster: \`${asTyped(`pulumi config set ${key} ${has}`)}\``,
    };
  return { name, state: "ok", saw: `${key}: free` };
}

const run = promisify(execFile);

/** The container or the program that has a port, as far as this user may know. */
async function whoHas(port: number): Promise<string> {
  const container = await said("docker", "ps", "--filter", `publish=${port}`, "--format", "{{.Names}}");
  if (container) return `the container ${container.split("\n").join(", ")}`;
  const fields = await said("lsof", "-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fpc");
  const [, pid] = /^p(\d+)$/m.exec(fields) ?? [];
  const [, program] = /^c(.+)$/m.exec(fields) ?? [];
  return program === undefined ? "another program" : `${program} (process ${pid})`;
}

async function said(program: string, ...args: string[]): Promise<string> {
  return run(program, args, { env: process.env }).then(
    ({ stdout }) => stdout.trim(),
    () => "", // not here, or not allowed
  );
}
