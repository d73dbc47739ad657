import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { HOME, hasPassphrase, passphraseFile } from "./home";

/** Draws the passphrase of this folder's secrets, once, where the user has not named one; only they can read it. */
export function ensurePassphrase(env: NodeJS.ProcessEnv = process.env, home = HOME): void {
  const file = passphraseFile(home);
  if (hasPassphrase(env) || fs.existsSync(file)) return;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  // Renamed into place: a killed run must not leave half a passphrase.
  const making = `${file}.${process.pid}`;
  fs.writeFileSync(making, randomBytes(24).toString("base64url"), { mode: 0o600, flag: "wx" });
  fs.renameSync(making, file);
}
