import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { ApiAccess } from '../bin/api-access.ts';
import { findRunning } from '../bin/control/control-client.ts';
import { CliError } from './cli-error.ts';

const profiles = z.object({
  profiles: z.record(z.string(), z.object({ url: z.url(), apiKey: z.string().min(1) })),
});

/** The file that contains the profiles: `{"profiles": {"production": {"url": "https://…", "apiKey": "…"}}}`. */
export function profilesFile(environment: NodeJS.ProcessEnv = process.env): string {
  const folder = environment['XDG_CONFIG_HOME'] || join(homedir(), '.config');
  return join(folder, 'errand', 'profiles.json');
}

/**
 * Returns the API that a command calls: that of the named profile; without a name, `ERRAND_URL` with `ERRAND_API_KEY`, otherwise the
 * service that runs on this machine with the data folder.
 */
export async function apiAccess(
  profile: string | undefined,
  dataDirectory: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<ApiAccess> {
  if (profile !== undefined) return readProfile(profile, profilesFile(environment));
  const { ERRAND_URL: url, ERRAND_API_KEY: apiKey } = environment;
  if (url) {
    if (!apiKey)
      throw new CliError('ERRAND_URL is set, but ERRAND_API_KEY is not: set it to an API key for that URL');
    return { url: url.replace(/\/$/, ''), apiKey };
  }
  const running = await findRunning(dataDirectory);
  if (running === undefined)
    throw new CliError(
      `No Errand runs with the data folder ${dataDirectory}: start one with \`errand dev\`, or name a profile with --profile`,
    );
  return { url: running.apiUrl, apiKey: apiKey || localKey(dataDirectory) };
}

/** Returns the API key of the local tenant, which the first start of the service has created. */
export function localKey(dataDirectory: string): string {
  return readFileSync(join(dataDirectory, 'api-key'), 'utf8').trim();
}

function readProfile(name: string, file: string): ApiAccess {
  if (!existsSync(file))
    throw new CliError(
      `There is no profile ${name}: create ${file} with {"profiles": {"${name}": {"url": "https://…", "apiKey": "…"}}}`,
    );
  const parsed = profiles.safeParse(parseJson(file));
  if (!parsed.success) throw new CliError(`${file} is invalid:\n${z.prettifyError(parsed.error)}`);
  const profile = parsed.data.profiles[name];
  if (profile === undefined) {
    const known = Object.keys(parsed.data.profiles).join(', ') || 'none';
    throw new CliError(`${file} has no profile ${name}; it has ${known}`);
  }
  return { url: profile.url.replace(/\/$/, ''), apiKey: profile.apiKey };
}

function parseJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new CliError(`${file} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}
