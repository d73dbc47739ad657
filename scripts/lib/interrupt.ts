import type { Screen } from "./screen";

/** Ctrl-C and its kin: Pulumi, which gets the same signal from the terminal, ends what is under way; we wait for it. */
export class Interrupt {
  private readonly abort = new AbortController();

  constructor(private readonly screen: Screen) {
    process.on("SIGINT", this.onInterrupt);
    process.on("SIGTERM", this.onEnd);
    process.on("SIGHUP", this.onEnd);
  }

  /** Whether somebody wants us to end. */
  asked = false;

  /** For Pulumi, where it would not hear of it. */
  get signal(): AbortSignal {
    return this.abort.signal;
  }

  /** From now on a signal ends this process, as it does any other. */
  stop(): void {
    process.off("SIGINT", this.onInterrupt);
    process.off("SIGTERM", this.onEnd);
    process.off("SIGHUP", this.onEnd);
  }

  private readonly onInterrupt = (): void => {
    if (!this.asked) this.screen.line("Ending what is under way; Ctrl-C again ends at once.");
    this.asked = true;
  };

  /** These come to us alone, so they are handed on. */
  private readonly onEnd = (): void => {
    this.asked = true;
    this.abort.abort();
  };
}
