const intervalMs = 500;
/** Read when the program starts: its parent may end while it starts. */
const firstParent = process.ppid;

/**
 * Calls `stop` once: at the first SIGINT or SIGTERM, or after npm, if it started this program, has ended without
 * a signal, such as by SIGKILL. Later signals are ignored: Ctrl-C reaches this program from the terminal and
 * again from npm, and the second one would interrupt the stop. On Windows, the end of npm is not noticed.
 */
export function onStop(stop: () => void): void {
  let isCalled = false;
  const callOnce = (): void => {
    if (isCalled) return;
    isCalled = true;
    stop();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, callOnce);
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const timer = setInterval(() => {
    if (process.ppid === firstParent) return;
    clearInterval(timer);
    callOnce();
  }, intervalMs).unref();
}
