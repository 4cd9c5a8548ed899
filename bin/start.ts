/** `npm start`: runs Errand on this machine until it is told to stop. */
import { settings } from './settings.ts';
import { startErrand } from './start-errand.ts';

try {
  const errand = await startErrand({ ...settings(), print: console.log });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop(errand));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

async function stop(errand: { stop(): Promise<void> }): Promise<void> {
  const late = setTimeout(() => process.exit(1), 5000);
  late.unref();
  await errand.stop();
  process.exit(0);
}
