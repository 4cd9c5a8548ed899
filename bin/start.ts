/** `npm start`: runs Errand on this machine until it receives SIGINT or SIGTERM, or npm ends. */
import { asError } from '../core/std/as-error.ts';
import { onStop } from './on-stop.ts';
import { settings } from './settings.ts';
import { startErrand } from './start-errand.ts';

try {
  const errand = await startErrand({ ...settings(), print: console.log });
  onStop(() => void stop(errand));
} catch (error) {
  console.error(asError(error).message);
  process.exit(1);
}

async function stop(errand: { stop(): Promise<void> }): Promise<void> {
  const forcedExit = setTimeout(() => process.exit(1), 5000);
  forcedExit.unref();
  await errand.stop();
  process.exit(0);
}
