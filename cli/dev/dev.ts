import { statSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import { type ControlClient, findRunning } from '../../bin/control/control-client.ts';
import { onStop } from '../../bin/on-stop.ts';
import { startErrand } from '../../bin/start-errand.ts';
import { createScreen, type Screen } from '../../bin/terminal/screen.ts';
import { stepOn } from '../../bin/terminal/step.ts';
import { findManifests } from '../../manifest/find-manifests.ts';
import { CliError } from '../cli-error.ts';
import { localKey } from '../profiles.ts';
import { startDevLoop } from './dev-loop.ts';
import { followActivity, type Output } from './follow-activity.ts';
import { listenForKeys } from './keys.ts';

/** Options of `errand dev`. */
export interface DevOptions {
  /** Absolute path of the folder tree with the services. */
  readonly folder: string;
  readonly dataDirectory: string;
  readonly port: number;
  readonly apiKey: string | undefined;
  /** Origins whose web pages may call the API, if this process starts it. */
  readonly corsOrigins: readonly string[];
  /** Whether webhooks may have loopback addresses, also without TLS. */
  readonly allowLoopbackWebhooks: boolean;
  readonly output: Output;
}

/** The local service that the developed services run in. */
interface Host {
  readonly control: ControlClient;
  /** True if another process runs it. */
  readonly isAttached: boolean;
  stop(): Promise<void>;
}

/** Exit status after Ctrl-C, which is how a person ends the command. */
const interrupted = 130;

/** `errand dev`: runs the services of a folder tree on this machine until SIGINT or SIGTERM. */
export async function dev(options: DevOptions): Promise<void> {
  const { folder, dataDirectory } = options;
  const screen = createScreen(options.output === 'json' ? process.stderr : process.stdout);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new CliError(`${folder} is not a folder: name the folder of a service or of several services`);
  const inside = relative(folder, dataDirectory).split(sep);
  if (inside[0] !== '..' && !isAbsolute(inside.join(sep)) && !inside.some((name) => name.startsWith('.')))
    throw new CliError(
      `The data folder ${dataDirectory} is inside the watched folder: choose one outside, or with a name that begins with a dot`,
    );
  if (findManifests(folder).length === 0)
    throw new CliError(`${folder} has no service.json: create a service with \`errand init <name>\``);
  let stop = async (): Promise<void> => undefined;
  const quit = (exitStatus: number): void => {
    screen.clearLive();
    void stop().then(() => process.exit(exitStatus));
  };
  onStop((exitStatus) => quit(exitStatus === interrupted ? 0 : exitStatus));
  const host = await connect(options, screen);
  const following = new AbortController();
  stop = async () => {
    following.abort();
    await host.stop();
  };
  try {
    const api = { url: host.control.apiUrl, apiKey: options.apiKey ?? localKey(dataDirectory) };
    screen.print(
      `  ${screen.style('bold', 'Errand')} ${host.isAttached ? 'runs' : 'is ready'} at ${api.url}  (docs at /v1/docs)`,
    );
    const loop = await startDevLoop(folder, { control: host.control, api, dataDirectory }, screen);
    for (const hint of loop.hints()) screen.print(`  Submit a file: ${screen.style('cyan', hint)}`);
    screen.print(`  Watching ${folder}. ${process.stdin.isTTY ? 'Press ? for keys.' : ''}`.trimEnd());
    stop = async () => {
      following.abort();
      await loop.stop();
      await host.stop();
    };
    listenForKeys({ screen, reload: loop.reload, hints: loop.hints, quit: () => quit(0) });
    await followActivity(host.control, { screen, output: options.output, signal: following.signal });
    if (following.signal.aborted) return;
    throw new CliError('Errand has stopped, and these services with it: run `errand dev` again');
  } catch (error) {
    await stop();
    throw error;
  }
}

async function connect(
  { dataDirectory, port, apiKey, corsOrigins, allowLoopbackWebhooks }: DevOptions,
  screen: Screen,
): Promise<Host> {
  const running = await findRunning(dataDirectory);
  if (running !== undefined) return { control: running, isAttached: true, stop: async () => undefined };
  const errand = await startErrand({
    port,
    dataDirectory,
    apiKey,
    corsOrigins,
    allowLoopbackWebhooks,
    step: stepOn(screen),
  });
  const control = await findRunning(dataDirectory);
  if (control === undefined) {
    await errand.stop();
    throw new CliError(`${join(dataDirectory, 'control.json')} cannot be read: is the folder writable?`);
  }
  return { control, isAttached: false, stop: errand.stop };
}
