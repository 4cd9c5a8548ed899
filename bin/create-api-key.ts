/** Creates an API key in the table of a deployed Errand and prints it once. `--help` lists the options. */
import { asError } from '../core/std/as-error.ts';
import { readKeyOptions, usage } from './api-key-options.ts';
import { makeApiKey } from './make-api-key.ts';

try {
  const options = readKeyOptions(process.argv.slice(2));
  if (options === 'help') console.log(usage);
  else console.log(await makeApiKey(options));
} catch (error) {
  console.error(asError(error).message);
  process.exitCode = 1;
}
