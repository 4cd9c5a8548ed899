/** Exit statuses of a program that a signal has ended, as shells report them. */
const exitStatuses = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Calls a function at the first SIGINT or SIGTERM, with the usual exit status. The handlers stay until then: a
 * signal that arrives while a handler is replaced would be lost.
 */
export function onInterrupt(handle: (exitStatus: number) => void): void {
  for (const [signal, exitStatus] of Object.entries(exitStatuses))
    process.once(signal, () => handle(exitStatus));
}
