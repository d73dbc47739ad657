import { docker } from "../lib/docker";
import { Fault } from "../lib/fault";

/** What is done within the node's container, where the cluster's API does not reach. */
export class NodeShell {
  constructor(private readonly node: string) {}

  /** Ends a container's processes with SIGKILL. @param id as Kubernetes has it, `containerd://…` */
  async kill(id: string): Promise<void> {
    const bare = id.replace(/^\w+:\/\//, "");
    // Each process tells its group of processes, which the container's id is a part of.
    await this.sh(
      `pids=$(grep -ls "$1" /proc/[0-9]*/cgroup | cut -d/ -f3)
       [ -n "$pids" ] && kill -9 $pids`,
      bare,
    );
  }

  /** Puts a small file system, in memory, with what is in a folder, over that folder. */
  async mountSmall(folder: string, spareMiB: number): Promise<void> {
    await this.sh(
      `set -e
       size=$(($(du -sm "$1" | cut -f1) + $2))
       cp -a "$1" "$1.kept"
       mount -t tmpfs -o size=\${size}m,mode=0777 tmpfs "$1"
       cp -a "$1.kept/." "$1/"
       rm -rf "$1.kept"`,
      folder,
      String(spareMiB),
    );
  }

  /** Takes it away again, and keeps what was written to it. */
  async unmountSmall(folder: string): Promise<void> {
    await this.sh(
      `set -e
       mountpoint -q "$1" || exit 0
       rm -f "$1/.filler"
       cp -a "$1" "$1.kept"
       umount "$1"
       find "$1" -mindepth 1 -delete
       cp -a "$1.kept/." "$1/"
       rm -rf "$1.kept"`,
      folder,
    );
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
    return docker("exec", this.node, "sh", "-c", script, "sh", ...args).catch((error: Error) => {
      throw error instanceof Fault
        ? error
        : new Fault(`The node did not do as it was told: ${error.message}`);
    });
  }
}
