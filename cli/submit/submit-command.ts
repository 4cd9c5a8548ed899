import { onStop } from '../../bin/on-stop.ts';
import { createScreen } from '../../bin/terminal/screen.ts';
import { CliError } from '../cli-error.ts';
import { dataFolder } from '../data-folder.ts';
import { apiAccess } from '../profiles.ts';
import { submit } from './submit.ts';
import { parseInput, parseParameters, parseReuse, parseWait, type SubmitOptions } from './submit-options.ts';
import { uploadsFolder } from './upload-keys.ts';

/** The arguments of `errand submit`, as `parseArgs` returns them. */
export interface SubmitArguments {
  readonly values: Readonly<Record<string, unknown>>;
  readonly positionals: readonly string[];
}

/** Runs `errand submit`, and ends the process with its exit status. */
export async function submitCommand({ values, positionals }: SubmitArguments): Promise<void> {
  const isJson = values['json'] === true;
  const options = optionsOf({ values, positionals });
  const screen = createScreen(isJson ? process.stderr : process.stdout);
  const profile = textOf(values['profile']);
  const api = await apiAccess(profile, dataFolder());
  const stopping = new AbortController();
  let stoppedWith = 1;
  onStop((exitStatus) => {
    stoppedWith = exitStatus;
    screen.clearLive();
    stopping.abort();
  });
  try {
    process.exitCode = await submit(api, options, {
      screen,
      isJson,
      write: (text) => console.log(text),
      signal: stopping.signal,
    });
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
    process.exitCode = stoppedWith;
  }
  process.exit();
}

function optionsOf({ values, positionals }: SubmitArguments): SubmitOptions {
  const [service, ...rest] = positionals;
  if (service === undefined || rest.length > 0)
    throw new CliError('Name one service: errand submit <service>[@<version>]', 2);
  const [parameters, reuse, wait] = ['parameters', 'reuse', 'wait'].map((name) => textOf(values[name]));
  return {
    service,
    inputs: (values['input'] as readonly string[]).map(parseInput), // repeated options are lists
    parameters: parameters === undefined ? undefined : parseParameters(parameters),
    tags: values['tag'] as readonly string[],
    group: textOf(values['group']),
    reuseSeconds: reuse === undefined ? undefined : parseReuse(reuse),
    waitSeconds: wait === undefined ? undefined : parseWait(wait),
    uploadsFolder: uploadsFolder(),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
