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
const ENDLESS = [/\bport-forward\b/, /^npm run logs\b/, /--watch\b/, /\blogs (-f|--follow)\b/];

/** What asks first, and finds nobody to ask here. */
const ASKS = /^npm run reset$/;

/** Commands that no test runs as they stand, and why. */
const NOT_RUN: [RegExp, string][] = [
  [/…|<\w+>/, "has a place to fill in"],
  [
    /^(npm run( -s)?|helm template|helm get manifest|pulumi config|docker pause)$/,
    "is spoken of, and part of a command",
  ],
  [/\bsumoApi\./, "belongs to what has places to fill in"],
  [/^npm run pins\b/, "is for whoever moves a version"],
  [/^(npm ci && )?npm test$/, "is the tests themselves (.ci/run)"],
  [/^npm run e2e\b/, "is a test of its own"],
  [/^npm run open\b/, "opens a browser"],
  [/^kind (create|delete cluster)$/, "is what scripts/kind-cluster.sh runs"],
  [/^pulumi stack output portForward$/, "is for an existing cluster (kubeContext)"],
  [/^pulumi (login|cancel)\b/, "is for a state that is kept elsewhere, or for a run on another machine"],
];

/**
 * What becomes of each command of all documents. One that stands within a sentence is run once, and not at all where a block
 * has it too.
 * @param hasCharts whether this machine has the charts already, so that none is to be asked for (WATCHTOWER_CHARTS)
 */
export function planOf(commands: Command[], hasCharts = false): Planned[] {
  const known = new Set(commands.filter(({ isBlock }) => isBlock).flatMap(({ text }) => parts(text)));
  return commands.flatMap((command): Planned[] => {
    const { text, isBlock } = command;
    const why = whyNot(text, hasCharts);
    if (why !== undefined) return [{ ...command, way: "not run", why }];
    if (!isBlock && known.has(text)) return [];
    known.add(text);
    return [{ ...command, text: ASKS.test(text) ? `${text} -- --yes` : text, way: wayOf(command) }];
  });
}

function whyNot(text: string, hasCharts: boolean): string | undefined {
  if (hasCharts && text.startsWith("helm pull ")) return "the chart is taken from WATCHTOWER_CHARTS";
  return NOT_RUN.find(([sign]) => sign.test(text))?.[1];
}

/** What the reader is told of a command says how it is run. */
function wayOf({ text, comment, isBlock }: Command): Way {
  if (/\b(second|another) terminal\b/.test(comment)) return "beside";
  if (/^(no$|refused\b)/.test(comment)) return "fails";
  if (ENDLESS.some((sign) => sign.test(text))) return "briefly";
  if (!isBlock && TAKES_AWAY.some((sign) => sign.test(text))) return "last";
  return "run";
}

function parts(text: string): string[] {
  return [text, ...text.split(" && ")];
}
