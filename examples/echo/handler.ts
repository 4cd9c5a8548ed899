import { setTimeout as sleep } from 'node:timers/promises';
import { defineService } from 'errand/worker';

type EchoParameters = { readonly sleepSeconds?: number; readonly [name: string]: unknown };

/** Returns its parameters unchanged, after `sleepSeconds` (0 to 150, default none). */
export const handler = defineService(async ({ parameters }: { parameters: EchoParameters }) => {
  if (parameters.sleepSeconds !== undefined) await sleep(parameters.sleepSeconds * 1_000);
  return parameters;
});
