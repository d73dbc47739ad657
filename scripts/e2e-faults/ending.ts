/** Ctrl-C and its kin: what is broken is mended first. A second one ends at once, and leaves that to the next run. */
export class Ending {
  private readonly abort = new AbortController();

  constructor(tell: (text: string) => void) {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
      process.on(signal, () => {
        if (this.asked) process.exit(130);
        tell("Mending what is broken; Ctrl-C again leaves it to the next run.");
        this.abort.abort();
      });
  }

  get asked(): boolean {
    return this.abort.signal.aborted;
  }

  get signal(): AbortSignal {
    return this.abort.signal;
  }
}
