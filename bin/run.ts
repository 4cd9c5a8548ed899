import { flushCompileCache } from 'node:module';
import { parseArgs } from 'node:util';
import { asError } from '../core/std/as-error.ts';
import { onStop } from './on-stop.ts';
import { settings } from './settings.ts';
import { type LocalErrand, startErrand } from './start-errand.ts';
import { createScreen } from './terminal/screen.ts';
import { stepOn } from './terminal/step.ts';

/**
 * Returns the folders that `--app <folder>` names, which can be repeated. Throws for any other argument.
 */
function appFolders(): readonly string[] {
  return parseArgs({ options: { app: { type: 'string', multiple: true, default: [] } } }).values.app;
}

/** Runs Errand with the settings of the environment and the apps of the arguments until SIGINT or SIGTERM, or until npm ends; exits with 1 if it cannot start. */
export async function run(): Promise<void> {
  const screen = createScreen();
  let errand: LocalErrand | undefined;
  onStop((exitStatus) => {
    screen.clearLive();
    if (errand === undefined) process.exit(exitStatus);
    void stop(errand);
  });
  try {
    errand = await startErrand({
      ...settings(),
      apps: appFolders(),
      print: screen.print,
      step: stepOn(screen),
    });
    // It would be written at the exit, and not at all if the process is killed.
    flushCompileCache();
  } catch (error) {
    console.error(asError(error).message);
    process.exit(1);
  }
}

async function stop(errand: LocalErrand): Promise<void> {
  const forcedExit = setTimeout(() => process.exit(1), 5000);
  forcedExit.unref();
  await errand.stop();
  process.exit(0);
}
