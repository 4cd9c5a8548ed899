import { findRunning } from '../bin/control/control-client.ts';
import { onStop } from '../bin/on-stop.ts';
import type { Settings } from '../bin/settings.ts';
import { startErrand } from '../bin/start-errand.ts';
import { createScreen } from '../bin/terminal/screen.ts';
import { stepOn } from '../bin/terminal/step.ts';
import { CliError } from './cli-error.ts';
import { followActivity, type Output } from './dev/follow-activity.ts';

/** Options of `errand start`. */
export interface StartOptions extends Settings {
  /** Absolute paths of CDK apps or cloud assemblies that run beside Errand. */
  readonly apps: readonly string[];
  readonly output: Output;
}

/** `errand start`: runs Errand on this machine until SIGINT or SIGTERM. */
export async function start({ output, ...options }: StartOptions): Promise<void> {
  const screen = createScreen(output === 'json' ? process.stderr : process.stdout);
  let stop = async (): Promise<void> => undefined;
  onStop((exitStatus) => {
    screen.clearLive();
    void stop().then(() => process.exit(exitStatus === 130 ? 0 : exitStatus));
  });
  const running = await findRunning(options.dataDirectory);
  if (running !== undefined)
    throw new CliError(
      `Errand already runs with the data folder ${options.dataDirectory}, at ${running.apiUrl}`,
    );
  const errand = await startErrand({ ...options, print: screen.print, step: stepOn(screen) });
  const following = new AbortController();
  stop = async () => {
    following.abort();
    await errand.stop();
  };
  const control = await findRunning(options.dataDirectory);
  if (control !== undefined) await followActivity(control, { screen, output, signal: following.signal });
}
