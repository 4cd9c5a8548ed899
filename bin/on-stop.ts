const intervalMs = 500;
/** Read when the program starts: its parent may end while it starts. */
const firstParent = process.ppid;

/** Exit statuses of a program that a signal has ended, as shells report them. */
const exitStatuses = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Calls `stop` once, with the usual exit status: at the first SIGINT or SIGTERM, or after npm, if it started this
 * program, has ended without a signal, such as by SIGKILL. Later signals are ignored: Ctrl-C reaches this program from the terminal and
 * again from npm, and the second one would interrupt the stop. On Windows, the end of npm is not noticed.
 */
export function onStop(stop: (exitStatus: number) => void): void {
  let isCalled = false;
  const callOnce = (exitStatus: number): void => {
    if (isCalled) return;
    isCalled = true;
    stop(exitStatus);
  };
  for (const [signal, exitStatus] of Object.entries(exitStatuses))
    process.on(signal, () => callOnce(exitStatus));
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const timer = setInterval(() => {
    if (process.ppid === firstParent) return;
    clearInterval(timer);
    callOnce(exitStatuses.SIGTERM);
  }, intervalMs).unref();
}
