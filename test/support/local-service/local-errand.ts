import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registerExamples } from '../../../bin/register-examples.ts';
import { type LocalErrand, type StartOptions, startErrand } from '../../../bin/start-errand.ts';
import { isTerminal, type JobStatus } from '../../../core/contract/job-state.ts';
import { checkPublishedEvents, type PublishedEvents } from '../events/published-events.ts';
import { sharedDirectory } from '../shared-directory.ts';
import { addKey, newTenant } from './add-key.ts';

const defaults = { port: 0, delayScale: 0.02, prewarm: false } as const;

export interface Call {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; text or bytes are sent unchanged. */
  readonly body?: unknown;
  /** False omits the key. */
  readonly withKey?: boolean;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Headers;
  /** The body as JSON, or its text when it is not JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
  readonly body: any;
}

export interface TestErrand extends LocalErrand {
  readonly dataDirectory: string;
  /** The tenant of `apiKey`. */
  readonly tenant: string;
  /** Folder with the API key in a file `api-key`, as in a data folder. */
  readonly keyDirectory: string;
  call(path: string, call?: Call): Promise<ApiResponse>;
  /** Stops the service and removes its data folder. */
  end(): Promise<void>;
}

/** A local service on a free port that is used by no other file, with the examples registered. */
export async function startOwnErrand(options: Partial<StartOptions> = {}): Promise<TestErrand> {
  const dataDirectory = options.dataDirectory ?? mkdtempSync(join(tmpdir(), 'errand-test-'));
  const errand = await startErrand({ ...defaults, ...options, dataDirectory });
  const published = checkPublishedEvents(errand);
  await registerExamples(errand).catch(async (error: unknown) => {
    await errand.stop();
    throw error;
  });
  return {
    ...errand,
    dataDirectory,
    tenant: 'local',
    keyDirectory: dataDirectory,
    call: (path, call) => callApi(errand, path, call),
    end: async () => {
      await errand.stop();
      rmSync(dataDirectory, { recursive: true, force: true });
      published.expectValid();
    },
  };
}

type SharedService = LocalErrand & { readonly dataDirectory: string; readonly published: PublishedEvents };

let shared: Promise<SharedService> | undefined;

/** Starts the service that all files of this worker share. It ends with the worker, and its data with the test run. */
function sharedService(): Promise<SharedService> {
  shared ??= (async () => {
    const dataDirectory = mkdtempSync(join(sharedDirectory(), 'service-'));
    const errand = await startErrand({ ...defaults, dataDirectory });
    return { ...errand, dataDirectory, published: checkPublishedEvents(errand) };
  })();
  return shared;
}

/** The local service that all test files of this worker share, with the examples registered for a tenant of the file's own. */
export async function startTestErrand(): Promise<TestErrand> {
  if (process.env['DEPLOY_WORK'] !== undefined)
    throw new Error('This suite would run on a local service instead of the deployed one');
  const service = await sharedService();
  // Owners are named as in a service of a file's own.
  const { holder } = newTenant('local');
  await addKey(service.cloud, holder);
  const keyDirectory = mkdtempSync(join(sharedDirectory(), 'key-'));
  writeFileSync(join(keyDirectory, 'api-key'), holder.key);
  const api = { url: service.url, apiKey: holder.key };
  await registerExamples(api);
  return {
    ...service,
    ...api,
    tenant: holder.tenant,
    keyDirectory,
    call: (path, call) => callApi(api, path, call),
    stop: async () => undefined,
    end: () => leave(service, api),
  };
}

/**
 * Leaves the shared service as the next file expects it: without faults, and with no function busy with a job of this file. Its jobs
 * are aborted first, because a killed attempt would be retried.
 */
async function leave(
  { cloud, published }: SharedService,
  api: Pick<LocalErrand, 'url' | 'apiKey'>,
): Promise<void> {
  cloud.faults.clear();
  const { body } = await callApi(api, '/v1/jobs?limit=1000');
  // A file that stored an unreadable job has no list any more.
  const jobs: ReadonlyArray<{ readonly id: string; readonly status: JobStatus }> = body.items ?? [];
  const open = jobs.filter(({ status }) => !isTerminal(status));
  for (const { id } of open) await callApi(api, `/v1/jobs/${id}/abort`, { method: 'POST' });
  const names = cloud.model.ofType('AWS::Lambda::Function').map(({ ref }) => ref);
  for (const name of names) if (name.startsWith('errand-service-')) cloud.lambda.killFunction(name);
  published.expectValid();
}

/** One request to the API, with the local tenant's key. */
export async function callApi(
  api: { readonly url: string; readonly apiKey: string },
  path: string,
  { method, headers = {}, body, withKey = true }: Call = {},
): Promise<ApiResponse> {
  const response = await fetch(`${api.url}${path}`, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    redirect: 'manual',
    headers: {
      ...(withKey ? { 'x-api-key': api.apiKey } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isRaw(body) ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: parse(text) };
}

function isRaw(body: unknown): body is string | Uint8Array<ArrayBuffer> {
  return typeof body === 'string' || body instanceof Uint8Array;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
