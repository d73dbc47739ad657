import * as pulumi from "@pulumi/pulumi";
import { record } from "../../scripts/lib/record";
import { isRecord } from "../../settings/raw";

export type Config = Record<string, string>;

/** The sentences that the program refuses a configuration with; none: it takes it. */
export async function faultsOf(config: Config, secretKeys: string[] = []): Promise<string[]> {
  try {
    await record(config, secretKeys);
    return [];
  } catch (error) {
    if (!pulumi.RunError.isInstance(error)) throw error;
    const [, ...lines] = error.message.split("\n");
    return lines.map((line) => line.replace(/^ {2}- /, ""));
  }
}

export const ONE_SENTENCE = /^[^`]+, but [^`]+: run `(pulumi config [^`]+)`\.$/;

/** The configuration after the command that a sentence names, as the CLI would carry it out. */
export function mended(config: Config, secretKeys: string[], sentence: string): [Config, string[]] {
  expect(sentence).toMatch(ONE_SENTENCE);
  const command = ONE_SENTENCE.exec(sentence)![1]!;
  const [, , verb, ...words] = command.match(/'[^']+'|\S+/g)!.map((word) => word.replaceAll("'", ""));
  const [place = "", given] = words.filter((word) => !word.startsWith("--"));
  const value = given?.replace("https://…", "https://sumo.example/token").replace("…", "long enough");
  const [key = "", ...steps] = words.includes("--path") ? place.match(/[^.[\]"]+/g)! : [place];
  const { [key]: old, ...rest } = config;
  const text = steps.length === 0 ? value : JSON.stringify(changed(readJson(old), steps, value));
  return [
    verb === "rm" && steps.length === 0 ? rest : { ...rest, [key]: text! },
    words.includes("--secret") ? [...secretKeys, key] : secretKeys,
  ];
}

function changed(container: unknown, [step = "", ...steps]: string[], value?: string): unknown {
  const { [step]: old, ...rest } = isRecord(container) ? container : {};
  const after =
    steps.length > 0 ? { ...rest, [step]: changed(old, steps, value) } : { ...rest, [step]: value };
  return step === "0" ? Object.values(after) : after;
}

function readJson(text = "{}"): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {}; // the CLI lets a path replace a text
  }
}
