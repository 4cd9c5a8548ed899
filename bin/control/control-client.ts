import type { Activity } from './activity.ts';
import { type ControlAddress, readControlFile } from './control-file.ts';
import type { FunctionBody, JobDefinitionBody } from './start-control.ts';

/** A running local service, as another process of the same user controls it. */
export interface ControlClient {
  readonly apiUrl: string;
  /** Throws an error with the message of the service if it cannot run the function. */
  putFunction(name: string, body: FunctionBody): Promise<void>;
  putJobDefinition(name: string, body: JobDefinitionBody): Promise<void>;
  remove(name: string): Promise<void>;
  /** Yields what happens from now on. Ends when the service stops or the signal aborts. */
  activity(signal: AbortSignal): AsyncGenerator<Activity>;
}

/** Returns undefined if no service runs with this data folder. */
export async function findRunning(dataDirectory: string): Promise<ControlClient | undefined> {
  const address = readControlFile(dataDirectory);
  if (address === undefined) return undefined;
  try {
    await request(address, { method: 'GET', path: '/health' });
    return controlClient(address);
  } catch {
    return undefined; // the service that wrote the file no longer runs
  }
}

function controlClient(address: ControlAddress): ControlClient {
  const put = (path: string, body: object) => request(address, { method: 'PUT', path, body });
  return {
    apiUrl: address.apiUrl,
    putFunction: async (name, body) => void (await put(`/functions/${encodeURIComponent(name)}`, body)),
    putJobDefinition: async (name, body) =>
      void (await put(`/job-definitions/${encodeURIComponent(name)}`, body)),
    remove: async (name) =>
      void (await request(address, { method: 'DELETE', path: `/services/${encodeURIComponent(name)}` })),
    activity: (signal) => follow(address, signal),
  };
}

/** Lines end with a line feed only: text of a service may contain other line separators of Unicode, at which `readline` splits. */
async function* follow(address: ControlAddress, signal: AbortSignal): AsyncGenerator<Activity> {
  const response = await request(address, { method: 'GET', path: '/activity', signal }).catch(
    () => undefined,
  );
  const reader = response?.body?.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    // The connection ends when the service stops, and when the signal aborts.
    const part = await reader?.read().catch(() => undefined);
    if (part?.value === undefined) return;
    const lines = (rest + decoder.decode(part.value, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line) as Activity; // written by the control server
  }
}

interface ControlRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: object;
  readonly signal?: AbortSignal;
}

async function request(
  { url, token }: ControlAddress,
  { method, path, body, signal }: ControlRequest,
): Promise<Response> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
  if (response.ok) return response;
  const { message } = (await response.json()) as { message: string };
  throw new Error(message);
}
