import * as pulumi from "@pulumi/pulumi";

// Exported by the SDK, but left out of its type declarations.
const secretKeys = pulumi.runtime as unknown as { isConfigSecret(key: string): boolean };

/** The faults found so far, each a sentence that names the key, what is allowed and the command that mends it. */
export class Faults {
  readonly sentences: string[] = [];

  /**
   * @param subject the key (or path in it) and what is wrong, e.g. `grafanaPort is 99999`
   * @param allowed what it must be instead, e.g. `must be a port from 1 to 65535`
   * @param command what mends it
   */
  add(subject: string, allowed: string, command: string): void {
    this.sentences.push(`${subject}, but ${allowed}: run \`${command}\`.`);
  }

  /** @throws pulumi.RunError with all faults at once, if there are any; the CLI prints it without a stack. */
  throwIfAny(): void {
    if (this.sentences.length === 0) return;
    const head = this.sentences.length === 1 ? "1 setting" : `${this.sentences.length} settings`;
    throw new pulumi.RunError(
      `${head} cannot be used; nothing was changed.\n${this.sentences.map((s) => `  - ${s}`).join("\n")}`,
    );
  }
}

/** Quotes a value for a message, short enough to read. */
export function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

/** What the stack's configuration holds, by type; a value of the wrong type is a fault, not an exception. */
export class RawConfig {
  private readonly config = new pulumi.Config();

  constructor(private readonly faults: Faults) {}

  /** The keys that are set, without the project's prefix. */
  keys(): string[] {
    const prefix = `${this.config.name}:`;
    return Object.keys(pulumi.runtime.allConfig())
      .filter((k) => k.startsWith(prefix))
      .map((k) => k.slice(prefix.length));
  }

  /** An empty string counts as unset: `pulumi config set key ""` is how people take a value back. */
  text(key: string): string | undefined {
    return this.config.get(key)?.trim() || undefined;
  }

  /** Whether the key was stored with `--secret`. */
  isSecret(key: string): boolean {
    return secretKeys.isConfigSecret(`${this.config.name}:${key}`);
  }

  boolean(key: string, standard: boolean, command: string): boolean {
    const text = this.text(key);
    if (text === undefined) return standard;
    if (text !== "true" && text !== "false")
      this.faults.add(`${key} is ${show(text)}`, "must be true or false", command);
    return text === "true";
  }

  integer(key: string, standard: number, command: string): number {
    const text = this.text(key);
    if (text === undefined) return standard;
    if (/^\d+$/.test(text)) return Number(text);
    this.faults.add(`${key} is ${show(text)}`, "must be a whole number", command);
    return standard;
  }

  /** A list or object, as `config set --path` makes it. */
  structure(key: string, kind: "list" | "object", command: string): unknown {
    const text = this.text(key);
    if (text === undefined) return undefined;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      value = text;
    }
    const fits = kind === "list" ? Array.isArray(value) : isRecord(value);
    if (fits) return value;
    const shown = this.isSecret(key) ? "a single value" : show(value);
    this.faults.add(`${key} is ${shown}`, `must be ${kind === "list" ? "a list" : "an object"}`, command);
    return undefined;
  }
}

/** A plain object, not a list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
