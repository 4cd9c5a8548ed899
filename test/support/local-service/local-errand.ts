import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registerExamples } from '../../../bin/register-examples.ts';
import { type LocalErrand, type StartOptions, startErrand } from '../../../bin/start-errand.ts';

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
  call(path: string, call?: Call): Promise<ApiResponse>;
  /** Stops the service and removes its data folder. */
  end(): Promise<void>;
}

/** A local service of the test's own on a free port, with the examples registered. */
export async function startTestErrand(options: Partial<StartOptions> = {}): Promise<TestErrand> {
  const dataDirectory = options.dataDirectory ?? mkdtempSync(join(tmpdir(), 'errand-test-'));
  const errand = await startErrand({ port: 0, delayScale: 0.02, prewarm: false, ...options, dataDirectory });
  await registerExamples(errand).catch(async (error: unknown) => {
    await errand.stop();
    throw error;
  });
  return {
    ...errand,
    dataDirectory,
    call: (path, call) => callApi(errand, path, call),
    end: async () => {
      await errand.stop();
      rmSync(dataDirectory, { recursive: true, force: true });
    },
  };
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
