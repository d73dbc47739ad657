import type { Engine, Kept } from "../../scripts/lib/engine";

/** An engine that only remembers what was asked of it. */
export class FakeEngine {
  readonly name = "local";
  readonly asked: unknown[] = [];

  /** @param destroying happens in place of a destroy */
  constructor(
    private readonly keeps: Partial<Kept> = {},
    private readonly destroying: () => Promise<void> = () => Promise.resolve(),
  ) {}

  kept(): Promise<Kept> {
    return Promise.resolve({ resources: 0, releases: new Set<string>(), interrupted: false, ...this.keeps });
  }

  async destroy({
    target,
    targetDependents,
  }: {
    target?: string[];
    targetDependents?: boolean;
  }): Promise<void> {
    this.asked.push({ destroy: target ?? "everything", targetDependents });
    await this.destroying();
  }

  forgetInterrupted(): Promise<void> {
    this.asked.push("forgetInterrupted");
    return Promise.resolve();
  }

  /** @throws what it was told to, in place of reading them */
  secrets: Error | undefined;
  readSecrets(): Promise<void> {
    return this.secrets ? Promise.reject(this.secrets) : Promise.resolve();
  }

  unlock(): Promise<void> {
    this.asked.push("unlock");
    return Promise.resolve();
  }

  /** As those take it who use only this much of one. */
  get engine(): Engine {
    return this as unknown as Engine;
  }
}
