import type { Screen } from "./screen";

/** Ctrl-C and its kin: Pulumi, which gets the same signal from the terminal, ends what is under way; we wait for it. */
export class Interrupt {
  private readonly abort = new AbortController();

  constructor(screen: Screen) {
    process.on("SIGINT", () => {
      if (!this.asked) screen.line("Ending what is under way; Ctrl-C again ends at once.");
      this.asked = true;
    });
    // These come to us alone, so they are handed on.
    for (const signal of ["SIGTERM", "SIGHUP"] as const)
      process.on(signal, () => {
        this.asked = true;
        this.abort.abort();
      });
  }

  /** Whether somebody wants us to end. */
  asked = false;

  /** For Pulumi, where it would not hear of it. */
  get signal(): AbortSignal {
    return this.abort.signal;
  }
}
