const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Sends signals to whoever begins to listen from now on; Jest, which listens already, is not to end. */
export function signalSender(): (signal: (typeof SIGNALS)[number]) => void {
  const before = SIGNALS.flatMap((signal) => process.listeners(signal));
  return (signal) => {
    for (const listener of process.listeners(signal)) if (!before.includes(listener)) listener(signal);
  };
}
