import { Fault } from "./fault";
import { hasPassphrase } from "./home";

const IF_LOST =
  "if that is lost, `npm run down -- --lost` takes cluster, data and encrypted settings away, and `npm run up` starts anew.";

/** What Pulumi and the tools behind it say, and what it means for a person; the first that fits counts. */
const KNOWN: [RegExp, string | ((said: string) => string)][] = [
  [
    /no stack selected|requires a stack|there are none/,
    "No stack is selected: choose one with `pulumi stack select`, or start the first with `npm run up`; where there was one, `npm run doctor` says what is left of it.",
  ],
  [
    /no stack named|stack not found/i,
    (said) => `${firstError(said)}: \`pulumi stack ls\` lists the stacks there are.`,
  ],
  [
    /incorrect passphrase/,
    `The passphrase in use is not the one of this stack: \`export PULUMI_CONFIG_PASSPHRASE=…\` with the one it was made with, and run this again; ${IF_LOST}`,
  ],
  [
    /passphrase must be set|PULUMI_CONFIG_PASSPHRASE/,
    () =>
      hasPassphrase(process.env)
        ? "The passphrase of the stack's secrets cannot be read: export PULUMI_CONFIG_PASSPHRASE with it, or PULUMI_CONFIG_PASSPHRASE_FILE with the name of a file that has it."
        : `The stack's secrets are locked, and there is no .watchtower/passphrase: put it back, or \`export PULUMI_CONFIG_PASSPHRASE=…\` with the one the stack was made with, and run this again; ${IF_LOST}`,
  ],
  [
    /PULUMI_ACCESS_TOKEN|not logged in|pulumi login/,
    "Pulumi is not logged in to a backend: run `pulumi login`, as for `pulumi up`.",
  ],
  [
    /unable to open state directory/,
    (said) => {
      const folder = /state directory "(?:file:\/\/)?([^"]+)"/.exec(said)?.[1] ?? "";
      return `There is no folder ${folder} for the stack's state: make it with \`mkdir -p ${folder}\`, or set PULUMI_BACKEND_URL to where the state is; if it is lost, \`npm run doctor\` then says what is left of the stack.`;
    },
  ],
  [
    /namespaces? "watchtower" already exists/,
    "The namespace watchtower is in that cluster already, and this stack's state does not know it: `npm run down -- --lost` names the commands that remove it, or choose the stack it belongs to.",
  ],
  [
    /no space left on device|ENOSPC/,
    "The disk is full: make room (`docker system df` shows what Docker holds), and run this again.",
  ],
  [
    /failed to pull image/,
    (said) =>
      `The node image ${/failed to pull image "([^"]+)"/.exec(said)?.[1] ?? ""} cannot be pulled: connect to the internet, or set one that Docker has with \`pulumi config set nodeImage …\`.`,
  ],
  [
    /(could not|failed to) (download|install|load) (the )?.*plugin|no resource plugin/,
    (said) =>
      `A plug-in of Pulumi cannot be fetched (${firstError(said)}): connect to the internet, and run this again.`,
  ],
  [
    /is not a valid chart repository|failed to fetch https?:|no cached repo found/,
    (said) =>
      `A chart cannot be fetched (${firstError(said)}): connect to the internet, or name another place with \`pulumi config set --path charts.<name>.repo https://…\`.`,
  ],
];

/** The sentence for what Pulumi said, if it is one we know. */
export function knownFault(said: string): Fault | undefined {
  const [, sentence] = KNOWN.find(([sign]) => sign.test(said)) ?? [];
  if (sentence === undefined) return undefined;
  return new Fault(typeof sentence === "string" ? sentence : sentence(said));
}

/** The sentence for what Pulumi's CLI said; its own first error where we know none. */
export function faultOf(said: string): Fault {
  return knownFault(said) ?? new Fault(`Pulumi failed: ${firstError(said)}.`);
}

/**
 * The sentences for an operation of Pulumi's that failed.
 * @param errors what was reported while it ran
 */
export function failureOf(error: Error, errors: string[]): Error {
  if (error instanceof Fault) return error;
  const told = [...new Set(errors.map(withoutShell))].filter((one) => !/^update failed$/.test(one));
  const said = told.length > 0 ? told.join("\n") : error.message;
  const known = knownFault(said);
  if (known) return known;
  return told.length > 0 ? new Fault(told.join("\n")) : faultOf(said);
}

/** What a command of ours said before it ended, without how Pulumi ran it. */
function withoutShell(said: string): string {
  return said.replace(/^(?:[^\n]*error: *)?exit status \d+: running "[^"]*":\n/, "").trim();
}

/** The first line that tells of an error, without its prefix and full stop. */
function firstError(said: string): string {
  const lines = said.split("\n").filter((line) => line.trim() !== "");
  const line = lines.find((one) => one.trim().startsWith("error:")) ?? lines[0] ?? "it said nothing";
  return line
    .trim()
    .replace(/^error: */, "")
    .replace(/\.\s*$/, "");
}
