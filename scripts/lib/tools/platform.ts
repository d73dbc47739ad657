import type { Platform } from "../../../versions";
import { Fault } from "../fault";

const PLATFORMS: readonly string[] = [
  "linux-x64",
  "linux-arm64",
  "darwin-x64",
  "darwin-arm64",
] satisfies Platform[];

/**
 * What this machine is.
 * @throws Fault on one that Watchtower is not made for
 */
export function thisPlatform(os: string = process.platform, processor: string = process.arch): Platform {
  const platform = `${os}-${processor}`;
  if (PLATFORMS.includes(platform)) return platform as Platform;
  const wsl = os === "win32" ? ": on Windows, run it inside WSL 2" : "";
  throw new Fault(`Watchtower runs on Linux and macOS, on x64 and arm64, and this is ${platform}${wsl}.`);
}
