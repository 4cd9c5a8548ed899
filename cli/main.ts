import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { asError } from '../core/std/as-error.ts';
import { CliError } from './cli-error.ts';
import { dataFolder } from './data-folder.ts';
import type { Output } from './dev/follow-activity.ts';

const usage = `Usage: errand <command> [options]

  init <name> [--language typescript|javascript|python|container]
      Create the folder of a new service.
  dev [<folder>] [--port <port>] [--quiet | --json]
      Run the services of a folder tree on this machine, and each change as soon as it is saved.
  start [--app <folder>]... [--cors-origin <origin>]... [--port <port>] [--quiet | --json]
      Run Errand on this machine, and CDK apps beside it. Web pages of the origins may call the API.
  submit <service>[@<version>] [--input <slot>=@<path> | --input <slot>=<data ID>]...
         [--parameters <json> | --parameters @<path>] [--tag <tag>]... [--group <group>]
         [--reuse <seconds>] [--wait [<seconds>]] [--profile <name>] [--json]
      Submit a job, after the upload of the files that it reads.
  services push [<service.json>]... [--profile <name>]
      Register the versions of services that were deployed.
  types [--out <file>] [--service <name>[@<range>]]... [--check] [--profile <name>]
      Write a TypeScript module with the types of registered services, or check that the file is up to date.
  redrive [--limit <batches>] [--dry-run] [--profile <name>]
      Publish the events that could not be published before. The API key needs the scope admin.

ERRAND_DATA_DIR is the data folder. Default: the nearest .errand in the current folder (for dev, in <folder>) or above it,
otherwise a new one.`;

type Arguments = readonly string[];

const commands: Readonly<Record<string, (words: Arguments) => Promise<void>>> = {
  init: async (words) => {
    const { values, positionals } = parse(words, { language: { type: 'string', default: 'typescript' } });
    const [name, ...rest] = positionals;
    if (name === undefined || rest.length > 0)
      throw new CliError('Name the service: errand init <name> [--language <language>]', 2);
    const { init } = await import('./init/init.ts');
    const files = init(name, String(values['language']));
    console.log(`Created ${name}/: ${files.join(', ')}\n\n  cd ${name}\n  errand dev`);
  },
  dev: async (words) => {
    const { values, positionals } = parse(words, { ...outputOptions, port: { type: 'string' } });
    if (positionals.length > 1) throw new CliError('Name one folder, which may contain several services', 2);
    const folder = resolve(positionals[0] ?? '.');
    const { port, apiKey, corsOrigins, allowLoopbackWebhooks } = await localSettings(values['port']);
    const { dev } = await import('./dev/dev.ts');
    await dev({
      folder,
      dataDirectory: dataFolder(folder),
      port,
      apiKey,
      corsOrigins,
      allowLoopbackWebhooks,
      output: outputOf(values),
    });
  },
  start: async (words) => {
    const { values } = parse(words, {
      ...outputOptions,
      port: { type: 'string' },
      app: { type: 'string', multiple: true, default: [] },
      'cors-origin': { type: 'string', multiple: true, default: [] },
    });
    const apps = (values['app'] as readonly string[]).map((folder) => resolve(folder));
    const { start } = await import('./start.ts');
    await start({
      ...(await localSettings(values['port'], values['cors-origin'] as readonly string[])),
      dataDirectory: dataFolder(),
      apps,
      output: outputOf(values),
    });
  },
  submit: async (words) => {
    const { submitCommand } = await import('./submit/submit-command.ts');
    const options = {
      input: { type: 'string', multiple: true, default: [] },
      parameters: { type: 'string' },
      tag: { type: 'string', multiple: true, default: [] },
      group: { type: 'string' },
      reuse: { type: 'string' },
      wait: { type: 'string' },
      profile: { type: 'string' },
      json: { type: 'boolean', default: false },
    } satisfies OptionConfig;
    const { withOptionalWait } = await import('./submit/submit-options.ts');
    await submitCommand(parse(withOptionalWait(words), options));
  },
  'services push': async (words) => {
    const { values, positionals } = parse(words, { profile: { type: 'string' } });
    const { findManifests } = await import('../manifest/find-manifests.ts');
    const files =
      positionals.length > 0 ? positionals.map((file) => resolve(file)) : findManifests(resolve('.'));
    if (files.length === 0)
      throw new CliError('There is no service.json here: name one, or change to its folder', 2);
    const { apiAccess } = await import('./profiles.ts');
    const { pushServices } = await import('./services/push.ts');
    const { createScreen } = await import('../bin/terminal/screen.ts');
    const profile = values['profile'];
    const api = await apiAccess(typeof profile === 'string' ? profile : undefined, dataFolder());
    await pushServices(api, files, createScreen());
  },
  types: async (words) => {
    const { values, positionals } = parse(words, {
      out: { type: 'string' },
      service: { type: 'string', multiple: true, default: [] },
      check: { type: 'boolean', default: false },
      profile: { type: 'string' },
    });
    if (positionals.length > 0)
      throw new CliError(
        `errand types takes no arguments, but got ${positionals[0]}: name a service with --service`,
        2,
      );
    const { out, profile } = values;
    const { apiAccess } = await import('./profiles.ts');
    const { writeTypes } = await import('./types/types-command.ts');
    const api = await apiAccess(typeof profile === 'string' ? profile : undefined, dataFolder());
    const options = {
      out: typeof out === 'string' ? out : undefined,
      services: values['service'] as readonly string[], // a repeated option is a list
      isCheck: values['check'] === true,
    };
    process.exitCode = await writeTypes(api, options, console);
  },
  redrive: async (words) => {
    const { values, positionals } = parse(words, {
      limit: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      profile: { type: 'string' },
    });
    if (positionals.length > 0)
      throw new CliError(`errand redrive takes no arguments, but got ${positionals[0]}`, 2);
    const { parseLimit, redrive } = await import('./admin/redrive.ts');
    const { limit, profile } = values;
    const options = {
      limit: typeof limit === 'string' ? parseLimit(limit) : undefined,
      isDryRun: values['dry-run'] === true,
    };
    const { apiAccess } = await import('./profiles.ts');
    const api = await apiAccess(typeof profile === 'string' ? profile : undefined, dataFolder());
    process.exitCode = await redrive(api, options, (line) => console.log(line));
  },
};

const outputOptions = {
  quiet: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

/**
 * Runs a command of `errand`, which loads its modules itself: those of all commands take a second. Prints errors that the user can mend
 * as one message, and sets the exit status.
 */
export async function main(words: Arguments): Promise<void> {
  stopWhenOutputCloses();
  const [first = '', second = '', ...rest] = words;
  if (['help', '--help', '-h'].includes(first)) return console.log(usage);
  const two = commands[`${first} ${second}`];
  const command = two ?? commands[first];
  try {
    if (command === undefined)
      throw new CliError(first === '' ? usage : `Unknown command "${first}".\n\n${usage}`, 2);
    await command(two === undefined ? words.slice(1) : rest);
  } catch (error) {
    console.error(asError(error).message);
    process.exit(error instanceof CliError ? error.exitStatus : 1);
  }
}

/** When nobody reads the output any longer, as after `errand dev | head`, the command stops as after Ctrl-C. */
function stopWhenOutputCloses(): void {
  const stop = (): void => {
    if (!process.emit('SIGINT', 'SIGINT')) process.exit(0);
  };
  for (const stream of [process.stdout, process.stderr]) stream.on('error', stop);
}

type OptionConfig = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>;

function parse(words: Arguments, options: OptionConfig) {
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true });
  } catch (error) {
    throw new CliError(`${asError(error).message}\n\n${usage}`, 2);
  }
}

/** The settings of the environment, with the port and the origins of the command line in their place if it has any. */
async function localSettings(port: unknown, origins: readonly string[] = []) {
  const { settings } = await import('../bin/settings.ts');
  const { ERRAND_PORT, ERRAND_CORS_ORIGINS, ...rest } = process.env;
  try {
    return settings({
      ...rest,
      ERRAND_PORT: typeof port === 'string' ? port : ERRAND_PORT,
      ERRAND_CORS_ORIGINS: origins.length > 0 ? origins.join(',') : ERRAND_CORS_ORIGINS,
    });
  } catch (error) {
    throw new CliError(asError(error).message, 2);
  }
}

function outputOf(values: Readonly<Record<string, unknown>>): Output {
  if (values['json'] === true) return 'json';
  return values['quiet'] === true ? 'quiet' : 'lines';
}
