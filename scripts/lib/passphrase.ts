import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { HOME, hasPassphrase, passphraseFile, PROJECT } from "./home";
import { stackFileOf } from "./stack-name";

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

/**
 * Whether a passphrase that is not at hand has locked the stack's secrets: one that is drawn anew would not open them, and
 * would stand where the lost one belongs.
 * @param nameOf says which stack it is, which takes a while
 */
export async function isLocked(
  nameOf: () => Promise<string>,
  { env = process.env, home = HOME, project = PROJECT } = {},
): Promise<boolean> {
  if (hasPassphrase(env) || fs.existsSync(passphraseFile(home))) return false;
  const locked = fs
    .readdirSync(project)
    .filter((file) => /^Pulumi\..+\.yaml$/.test(file))
    .filter((file) => /^encryptionsalt:/m.test(fs.readFileSync(path.join(project, file), "utf8")));
  return locked.length > 0 && locked.includes(stackFileOf(await nameOf()));
}
