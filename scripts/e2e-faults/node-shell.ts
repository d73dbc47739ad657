import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { Fault } from "../lib/fault";

/** A small file system is kept in memory, which the machine has to have. */
const MOST_MIB = 512;

/**
 * What makes a script go on from wherever an earlier one was ended. `$1.kept` has its name only once it is complete, and is
 * then what counts; `$1.small` is mounted there alone only until it is complete.
 */
const TAKE_AWAY = `
  set -e
  take_away() {
    if mountpoint -q "$1.small"; then umount "$1.small"; fi
    rm -rf "$1.small" "$1.new"
    if mountpoint -q "$1"; then
      rm -rf "$1.kept" "$1/.filler"
      cp -a "$1" "$1.new"
      mv "$1.new" "$1.kept"
      umount "$1"
    fi
    if [ -d "$1.kept" ]; then
      rm -rf "$1"
      mv "$1.kept" "$1"
    fi
  }
  take_away "$1"`;

/** How a program is ended: asked to, or not. */
export type EndSignal = "TERM" | "KILL";

/** Runs a program to its end. @returns what it printed */
export type Run = (program: string, ...args: string[]) => Promise<string>;

/** What is done within the node's container, where the cluster's API does not reach. */
export class NodeShell {
  /** @param inNode the command that runs another one in the node */
  constructor(
    private readonly inNode: readonly [string, ...string[]],
    private readonly run: Run = runDetached,
  ) {}

  static of(node: string): NodeShell {
    return new NodeShell(["docker", "exec", node]);
  }

  /** Sends a container's processes a signal. @param id as Kubernetes has it, `containerd://…` */
  async kill(id: string, signal: EndSignal): Promise<void> {
    const bare = id.replace(/^\w+:\/\//, "");
    // Each process tells its group of processes, which the container's id is a part of.
    await this.sh(
      `pids=$(grep -ls "$1" /proc/[0-9]*/cgroup | cut -d/ -f3)
       [ -n "$pids" ] && kill -s "$2" $pids`,
      bare,
      signal,
    );
  }

  /** Puts a small file system, in memory, with what is in a folder, over that folder. @throws Fault when it would be large */
  async mountSmall(folder: string, spareMiB: number): Promise<void> {
    await this.unmountSmall(folder); // of a run that was killed
    const sizeMiB = Number(await this.sh(`du -sm "$1" | cut -f1`, folder)) + spareMiB;
    if (!(sizeMiB <= MOST_MIB))
      throw new Fault(
        `This would take ${sizeMiB} MiB of memory, and at most ${MOST_MIB} are taken: \`npm run reset\` empties the volumes.`,
      );
    await this.sh(
      `set -e
       mkdir "$1.small"
       mount -t tmpfs -o size=$2m,mode=0777 tmpfs "$1.small"
       cp -a "$1/." "$1.small/"
       mount --bind "$1.small" "$1"
       umount "$1.small"
       rmdir "$1.small"`,
      folder,
      String(sizeMiB),
    );
  }

  /** Takes it away again, and keeps what was written to it; goes on from where an earlier one was ended. */
  async unmountSmall(folder: string): Promise<void> {
    await this.sh(TAKE_AWAY, folder);
  }

  /** Leaves no room in it. */
  async fill(folder: string): Promise<void> {
    await this.sh(`dd if=/dev/zero of="$1/.filler" bs=64k 2> /dev/null || true`, folder);
  }

  async empty(folder: string): Promise<void> {
    await this.sh(`rm -f "$1/.filler"`, folder);
  }

  /** Deletes all that is in it. */
  async wipe(folder: string): Promise<void> {
    await this.sh(`find "$1" -mindepth 1 -delete`, folder);
  }

  private sh(script: string, ...args: string[]): Promise<string> {
    return this.run(...this.inNode, "sh", "-c", script, "sh", ...args);
  }
}

/**
 * In a process group of its own: Ctrl-C at a terminal would end Docker's client, but not the script in the node, which would go
 * on while we begin to undo what it does.
 */
const runDetached: Run = async (program, ...args) => {
  const child = spawn(program, args, { detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const [code, said, failed] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  if (code !== 0)
    throw new Fault(`The node did not do as it was told: ${failed.trim() || `exit code ${code}`}`);
  return said.trim();
};
