import { execFile } from "node:child_process";
import { Fault } from "../lib/fault";
import { PROJECT } from "../lib/home";
import { knownFault } from "../lib/pulumi-fault";
import type { ReleaseInputs } from "../lib/recorded";

/** No chart asks for more of it than that it is new enough (Mimir's: 1.32); helm's own default varies with its version. */
export const KUBERNETES = "1.34.0";

/** Renders a release; resolves to its manifest. @throws Fault when helm cannot */
export type Template = (release: ReleaseInputs) => Promise<string>;

/** By the real helm, with the chart from where the release takes it. */
export const template: Template = async (release) => {
  const { name, namespace, chart, version, repositoryOpts, values } = release;
  const from = [
    ...(version === undefined ? [] : ["--version", version]),
    ...(repositoryOpts === undefined ? [] : ["--repo", repositoryOpts.repo]),
  ];
  const how = ["--namespace", namespace, "--no-hooks", "--kube-version", KUBERNETES, "--values", "-"];
  return helm(["template", name, chart, ...from, ...how], JSON.stringify(values));
};

function helm(args: string[], input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { cwd: PROJECT, env: process.env, maxBuffer: 64 * 1024 * 1024 };
    const child = execFile("helm", args, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else
        reject(
          knownFault(stderr) ??
            new Fault(`helm cannot render ${args[1]}: ${firstLine(stderr || error.message)}.`),
        );
    });
    child.stdin?.on("error", () => undefined).end(input); // one that has ended already tells why itself
  });
}

function firstLine(text: string): string {
  return (text.trim().split("\n")[0] ?? "").replace(/^Error: /, "").replace(/\.$/, "");
}
