/** Ctrl-C ends what a command began elsewhere and lets it say how far it came; a second one ends the command at once. */
export async function endedByInterrupt<Value>(work: (signal: AbortSignal) => Promise<Value>): Promise<Value> {
  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.once(signal, interrupt);
  try {
    return await work(interruption.signal);
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
}
