import type { Command } from "./commands";

/**
 * What becomes of a command. `run`: to its end. `fails`: the same, and it has to fail. `beside`: in the background, until its
 * section ends. `briefly`: until it has said something. `last`: to its end, after all else of its document.
 */
export type Way = "run" | "fails" | "beside" | "briefly" | "last";

/** A command, and what becomes of it. */
export type Planned = Command & ({ way: Way } | { way: "not run"; why: string });

/** What takes the stack, or its data, away. */
const TAKES_AWAY = [
  /^npm run (down|reset)\b/,
  /^pulumi destroy\b/,
  /^kind delete cluster --name watchtower$/,
];

/** What goes on until it is ended. */
const ENDLESS = [
  /\bport-forward\b/,
  /^npm run logs\b(?!.*--no-follow)/,
  /--watch\b/,
  /\blogs (-f|--follow)\b/,
];

/** What asks first, and finds nobody to ask here. */
const ASKS = /^npm run reset$/;

const PULLS = /^helm pull (\S+) .*--untardir (\S+)$/;

/** Commands that no test runs as they stand, and why. */
const NOT_RUN: [RegExp, string][] = [
  [/…|<\w+>/, "has a place to fill in"],
  [/^(npm run( -s)?|helm template|pulumi config|docker pause)$/, "is spoken of, and part of a command"],
  [/\bsumoApi\./, "belongs to what has places to fill in"],
  [/^npm run pins\b/, "is for whoever moves a version"],
  [/^(npm ci && )?npm test$/, "is the tests themselves (.ci/run)"],
  [/^npm run e2e\b/, "is a test of its own"],
  [/^npm run open$/, "opens a browser"],
  [/^npm run logs .*--previous$/, "needs a container that was restarted"],
  [/^kind (create|delete cluster)$/, "is what scripts/kind-cluster.sh runs"],
  [/^pulumi stack output portForward$/, "is for an existing cluster (kubeContext)"],
  [/^pulumi (login|cancel)\b/, "is for a state that is kept elsewhere, or for a run on another machine"],
];

/**
 * What becomes of each command of all documents. One that stands within a sentence is run once, and not at all where a block
 * has it too. A verb of ours is the same in every document; any other command may need what its own document defines.
 * @param charts folder of unpacked charts, which are taken from there and not from their repositories (WATCHTOWER_CHARTS)
 */
export function planOf(commands: Command[], charts?: string): Planned[] {
  const known = new Set(
    commands
      .filter(({ isBlock }) => isBlock)
      .flatMap(({ file, text }) => parts(text).map((part) => identity(file, part))),
  );
  return commands.flatMap((command): Planned[] => {
    const { file, text, isBlock } = command;
    const [, why] = NOT_RUN.find(([sign]) => sign.test(text)) ?? [];
    if (why !== undefined) return [{ ...command, way: "not run", why }];
    if (!isBlock && known.has(identity(file, text))) return [];
    known.add(identity(file, text));
    return [{ ...command, text: asRunHere(text, charts), way: wayOf(command) }];
  });
}

function asRunHere(text: string, charts: string | undefined): string {
  if (ASKS.test(text)) return `${text} -- --yes`;
  const [, chart, folder] = PULLS.exec(text) ?? [];
  if (charts === undefined || chart === undefined) return text;
  return `mkdir -p ${folder} && cp -R '${charts}/${chart}' ${folder}`;
}

/** What the reader is told of a command says how it is run. */
function wayOf({ text, intro, isBlock }: Command): Way {
  if (/^In a (second|third) terminal\b/.test(intro)) return "beside";
  if (/^Kubernetes refuses\b/.test(intro)) return "fails";
  if (ENDLESS.some((sign) => sign.test(text))) return "briefly";
  if (!isBlock && TAKES_AWAY.some((sign) => sign.test(text))) return "last";
  return "run";
}

function identity(file: string, text: string): string {
  return text.startsWith("npm run ") ? text : `${file}: ${text}`;
}

function parts(text: string): string[] {
  return [text, ...text.split(" && ")];
}
