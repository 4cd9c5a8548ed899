import { ConfigurationError } from './errors.ts';

/** The URL of a service, and how to authenticate there. All members are optional: see `findAccess`. */
export interface AccessOptions {
  /** Base URL, such as `https://abc123.execute-api.eu-central-1.amazonaws.com/live`. */
  readonly url?: string;
  readonly apiKey?: string;
  /** Bearer token; use `getToken` for tokens that expire. */
  readonly token?: string;
  /** Returns the bearer token of each request. */
  readonly getToken?: () => Promise<string> | string;
  /** Name of a profile in the file of profiles. */
  readonly profile?: string;
}

/** Where the service is, and the headers that authenticate a request. */
export interface Access {
  /** Base URL without a trailing slash. */
  readonly url: string;
  headers(): Promise<Readonly<Record<string, string>>>;
}

/**
 * Returns the access that the options describe. Without `url` and without `profile`, uses the first of these that exists:
 * `ERRAND_URL` with `ERRAND_API_KEY`; the profile `ERRAND_PROFILE`; the profile `default`; the service that runs on this machine
 * with the nearest data folder `.errand` (or `ERRAND_DATA_DIR`). A browser has none of these.
 *
 * The file of profiles is `errand/profiles.json` in `$XDG_CONFIG_HOME` or `~/.config`:
 * `{"profiles": {"production": {"url": "https://…", "apiKey": "…"}}}`.
 */
export function findAccess(options: AccessOptions = {}): Access {
  const found =
    options.url === undefined
      ? findSaved(options)
      : { url: options.url, apiKey: environment('ERRAND_API_KEY') };
  const url = found.url.replace(/\/+$/, '');
  if (!/^https?:\/\//.test(url))
    throw new ConfigurationError(`The URL of the service must start with https:// or http://, not ${url}`);
  return { url, headers: headersOf(options, found.apiKey) };
}

function headersOf(
  { apiKey, token, getToken }: AccessOptions,
  savedKey: string | undefined,
): Access['headers'] {
  if (getToken !== undefined) return async () => ({ authorization: `Bearer ${await getToken()}` });
  if (token !== undefined) return async () => ({ authorization: `Bearer ${token}` });
  const key = apiKey ?? savedKey;
  if (!key)
    throw new ConfigurationError(
      'There is no API key: pass apiKey, token or getToken, or set ERRAND_API_KEY',
    );
  return async () => ({ 'x-api-key': key });
}

interface SavedAccess {
  readonly url: string;
  readonly apiKey?: string | undefined;
}

function findSaved({ profile }: AccessOptions): SavedAccess {
  if (profile !== undefined) return readProfile(profile);
  const url = environment('ERRAND_URL');
  if (url) return { url, apiKey: environment('ERRAND_API_KEY') };
  const named = environment('ERRAND_PROFILE');
  if (named) return readProfile(named);
  const found = readProfiles()?.['default'] ?? readLocalService();
  if (found !== undefined) return found;
  throw new ConfigurationError(
    'No service is configured: pass url and apiKey, set ERRAND_URL and ERRAND_API_KEY, save a profile in ~/.config/errand/profiles.json, or start a local service with `errand dev`',
  );
}

function readProfile(name: string): SavedAccess {
  const profiles = readProfiles();
  const profile = profiles?.[name];
  if (profile !== undefined) return profile;
  const known = Object.keys(profiles ?? {}).join(', ') || 'none';
  throw new ConfigurationError(
    `There is no profile ${name} in ${profilesFile()}; it has ${known}. Add it to that file`,
  );
}

function readProfiles(): Readonly<Record<string, SavedAccess>> | undefined {
  const file = profilesFile();
  const content = file === undefined ? undefined : readJson(file);
  if (content === undefined) return undefined;
  const { profiles } = content as { readonly profiles?: Readonly<Record<string, SavedAccess>> };
  if (typeof profiles !== 'object' || profiles === null)
    throw new ConfigurationError(
      `${file} must be {"profiles": {"<name>": {"url": "https://…", "apiKey": "…"}}}`,
    );
  return profiles;
}

function profilesFile(): string | undefined {
  const home =
    environment('XDG_CONFIG_HOME') || join(environment('HOME') ?? environment('USERPROFILE'), '.config');
  return join(home, 'errand', 'profiles.json');
}

/** The service that runs with the nearest data folder; its `control.json` names its address. */
function readLocalService(): SavedAccess | undefined {
  for (const folder of dataFolders()) {
    const control = readJson(`${folder}/control.json`) as { readonly apiUrl?: string } | undefined;
    if (control?.apiUrl === undefined) continue;
    const key = environment('ERRAND_API_KEY') || readText(`${folder}/api-key`)?.trim();
    return { url: control.apiUrl, apiKey: key };
  }
  return undefined;
}

/** The data folders that a command in this folder could use, nearest first. */
function* dataFolders(): Generator<string> {
  const named = environment('ERRAND_DATA_DIR');
  if (named) return yield named;
  for (let folder = node()?.cwd(); folder !== undefined; ) {
    yield `${folder}/.errand`;
    const parent = folder.replace(/[\\/][^\\/]*$/, '');
    folder = parent === folder || parent === '' ? undefined : parent;
  }
}

/** What the client uses of Node.js. Bundles for browsers contain no import of it. */
interface NodeProcess {
  readonly env: Readonly<Record<string, string | undefined>>;
  cwd(): string;
  getBuiltinModule?(name: 'node:fs'): { readFileSync(file: string, encoding: 'utf8'): string };
}

function node(): NodeProcess | undefined {
  const { process } = globalThis as { readonly process?: NodeProcess };
  return process?.getBuiltinModule === undefined ? undefined : process;
}

function environment(name: string): string | undefined {
  return node()?.env[name];
}

function join(...parts: readonly (string | undefined)[]): string | undefined {
  return parts.includes(undefined) ? undefined : parts.join('/');
}

/** Returns undefined if the file does not exist, and in a browser. */
function readText(file: string): string | undefined {
  try {
    return node()?.getBuiltinModule?.('node:fs').readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as { readonly code?: string }).code === 'ENOENT') return undefined;
    throw error;
  }
}

function readJson(file: string): object | undefined {
  const text = readText(file);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as object;
  } catch (error) {
    throw new ConfigurationError(`${file} is not JSON: ${String(error)}`);
  }
}
