import { spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { program, temporaryFolder } from "./tools";

const PROJECT = path.resolve(__dirname, "../..");
const FAKES = path.join(PROJECT, "tests/contract/fakes");
/** All that the script may count on beside Docker and kind, on any machine. */
const ALWAYS_THERE = ["sh", "grep", "sleep"];
/** What the fakes themselves use. */
const FOR_THE_FAKES = ["basename", "cat", "chmod", "ls", "mkdir", "rm", "test", "touch"];

/** What a run of the script came to. */
export interface Outcome {
  code: number | null;
  /** What ended it, if something did. */
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A run of the script that was started. */
export interface Running {
  /** What it has said so far. */
  said: { stdout: string; stderr: string };
  ended: Promise<Outcome>;
}

/** What the fakes can be told. */
type State = "docker-is-down" | "docker-hangs" | "create-goes-wrong" | "list-goes-wrong" | "node-goes-wrong";

/** A machine with a Docker and a kind that only pretend, and with no program that the script does not need. */
export class FakeMachine {
  private readonly folder = temporaryFolder();

  /**
   * @param env what Pulumi would give the script
   * @param shell what runs it: a program and its arguments
   */
  constructor(
    private readonly env: Record<string, string>,
    private readonly shell = [program("sh").path!],
  ) {
    for (const place of ["bin", "volumes", "made-by", "nodes"]) fs.mkdirSync(path.join(this.folder, place));
    for (const name of [...ALWAYS_THERE, ...FOR_THE_FAKES])
      fs.symlinkSync(program(name).path!, path.join(this.folder, "bin", name));
    fs.symlinkSync(process.execPath, path.join(this.folder, "bin/node"));
    for (const name of ["docker", "kind"]) {
      fs.copyFileSync(path.join(FAKES, name), path.join(this.folder, "bin", name));
      fs.chmodSync(path.join(this.folder, "bin", name), 0o755);
    }
  }

  run(verb: string, env: Record<string, string> = {}): Outcome {
    const [shell, ...args] = this.shell;
    const { status, signal, stdout, stderr } = spawnSync(shell!, [...args, "scripts/kind-cluster.sh", verb], {
      cwd: PROJECT,
      env: { ...this.environment, ...env },
      encoding: "utf8",
    });
    return { code: status, signal, stdout, stderr };
  }

  /** Leaves the cluster as a run does whose making was killed. */
  makingIsKilled(): Outcome {
    this.set("create-goes-wrong", "it is killed");
    const outcome = this.run("ensure");
    this.set("create-goes-wrong");
    return outcome;
  }

  /** Starts the script, and lets the test go on beside it. */
  start(verb: string): Running {
    const [shell, ...args] = this.shell;
    const child = spawn(shell!, [...args, "scripts/kind-cluster.sh", verb], {
      cwd: PROJECT,
      env: this.environment,
    });
    const said = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const)
      child[stream].on("data", (piece: Buffer) => (said[stream] += piece.toString()));
    const ended = new Promise<Outcome>((resolve) =>
      child.on("close", (code, signal) => resolve({ code, signal, ...said })),
    );
    return { said, ended };
  }

  /** What the script runs in: what Pulumi gives it, on this machine. */
  get environment(): Record<string, string> {
    return {
      ...this.env,
      PATH: path.join(this.folder, "bin"),
      FAKE: this.folder,
      AT_WORK: this.atWorkFile,
    };
  }

  /** The process that is at work on the cluster, as its file has it; empty: none is. */
  get atWork(): string {
    return fs.readFileSync(this.atWorkFile, "utf8").trim();
  }

  set atWork(pid: number | string) {
    fs.writeFileSync(this.atWorkFile, `${pid}\n`);
  }

  private get atWorkFile(): string {
    return path.join(this.folder, "at-work");
  }

  /** Takes a program away. */
  uninstall(name: string): void {
    fs.rmSync(path.join(this.folder, "bin", name));
  }

  /** Has nobody wait for anything. */
  hurry(): void {
    const sleep = path.join(this.folder, "bin/sleep");
    fs.rmSync(sleep);
    fs.symlinkSync(program("true").path!, sleep);
  }

  set(state: State, value?: string): void {
    if (value === undefined) fs.rmSync(path.join(this.folder, state));
    else fs.writeFileSync(path.join(this.folder, state), value);
  }

  /** A cluster that somebody else made, with or without a mark of theirs. */
  addCluster(name: string, owner?: string, madeBy?: string): void {
    fs.mkdirSync(path.join(this.folder, `nodes/${name}-control-plane/kind`), { recursive: true });
    if (owner !== undefined) this.addMark(name, owner, madeBy);
  }

  addMark(name: string, owner: string, madeBy = ""): void {
    fs.writeFileSync(path.join(this.folder, `volumes/${name}-owner`), owner);
    fs.writeFileSync(path.join(this.folder, `made-by/${name}-owner`), madeBy);
  }

  /** Stops a cluster's node, as Docker's own restart may. */
  stop(name: string): void {
    fs.rmSync(path.join(this.folder, `nodes/${name}-control-plane/running`));
  }

  /** Pauses a cluster's node, as a suspended laptop does. */
  pause(name: string): void {
    fs.writeFileSync(path.join(this.folder, `nodes/${name}-control-plane/paused`), "");
  }

  removeCluster(name: string): void {
    fs.rmSync(path.join(this.folder, `nodes/${name}-control-plane`), { recursive: true });
  }

  /** Takes away one file of what Docker holds, by its name in `state`. */
  removeFile(name: string): void {
    fs.rmSync(path.join(this.folder, name));
  }

  /** Everything that Docker holds: each file with its text. */
  get state(): Record<string, string> {
    const files = fs.readdirSync(this.folder, { recursive: true, withFileTypes: true });
    return Object.fromEntries(
      files
        .filter((file) => file.isFile() || file.parentPath.endsWith("nodes"))
        .map((file) => path.join(file.parentPath, file.name))
        .map((file): [string, string] => [path.relative(this.folder, file), textOf(file)])
        .filter(([name]) => /^(nodes|volumes)\//.test(name)),
    );
  }

  /** The configuration that kind was given. */
  get config(): string {
    return fs.readFileSync(path.join(this.folder, "config"), "utf8");
  }

  /** What was asked of Docker and kind, without the questions that change nothing; forgotten once read. */
  takeChanges(): string[] {
    const calls = path.join(this.folder, "calls");
    const text = fs.existsSync(calls) ? fs.readFileSync(calls, "utf8") : "";
    fs.rmSync(calls, { force: true });
    return text
      .split("\n")
      .filter((call) => /^(kind (create|delete)|docker (volume (create|rm)|exec \S+ touch))/.test(call));
  }

  remove(): void {
    fs.rmSync(this.folder, { recursive: true });
  }
}

function textOf(file: string): string {
  return fs.statSync(file).isFile() ? fs.readFileSync(file, "utf8").trim() : "";
}
