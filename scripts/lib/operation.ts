import type { UpOptions } from "@pulumi/pulumi/automation";
import { Ended } from "./fault";
import { Interrupt } from "./interrupt";
import { Progress } from "./progress";
import { failureOf } from "./pulumi-fault";
import type { Screen } from "./screen";

/** How an operation of Pulumi's is shown. */
export interface Shown {
  screen: Screen;
  /** What it says when it is ended by Ctrl-C: what is not done, and how to go on. */
  ended: string;
  /** As Progress takes them. */
  pods?: ConstructorParameters<typeof Progress>[1];
}

/**
 * Runs an operation of Pulumi's, and tells how it goes.
 * @param run is given what the engine has to be given, and learns whether somebody wants it to end
 * @throws Ended after Ctrl-C, else Fault that says why it failed
 */
export async function operate<T>(
  { screen, ended, pods }: Shown,
  run: (how: Pick<UpOptions, "onEvent" | "signal">, isToEnd: () => boolean) => Promise<T>,
): Promise<T> {
  const interrupt = new Interrupt(screen);
  const progress = new Progress(screen, pods);
  try {
    return await run({ onEvent: progress.onEvent, signal: interrupt.signal }, () => interrupt.asked);
  } catch (error) {
    throw interrupt.asked ? new Ended(ended) : failureOf(error as Error, progress.errors);
  } finally {
    progress.stop();
    interrupt.stop();
  }
}
