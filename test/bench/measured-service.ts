import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { spawnService } from '../support/local-service/service-process.ts';

const apiKey = 'the-key-of-the-local-benchmark';
const headers = { 'x-api-key': apiKey, 'content-type': 'application/json', prefer: 'wait=60' };
const definition = {
  parameters: { type: 'object' },
  dispatcher: { kind: 'lambda', functionName: 'errand-service-echo' },
};

/** `npm start` as a separate process with a new data folder and a service that does nothing. */
export interface MeasuredService {
  readonly readyMs: number;
  /** Process ids: the service's own, then those of its descendants. */
  processes(): readonly number[];
  /** Submits a job and long-polls its end in the same call. Throws if it does not succeed. */
  runJob(): Promise<void>;
  stop(): Promise<void>;
}

export async function startMeasuredService(nodeOptions: readonly string[] = []): Promise<MeasuredService> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'errand-bench-'));
  const agent = new Agent({ keepAlive: true });
  const startedAt = performance.now();
  const service = spawnService({ dataDirectory, apiKey, nodeOptions });
  const stop = async () => {
    agent.destroy();
    service.signal('SIGTERM');
    const { exitStatus, signal, problems } = await service.ended;
    if (exitStatus !== 0) console.error(`the service ended with ${signal ?? exitStatus}: ${problems}`);
    rmSync(dataDirectory, { recursive: true, force: true });
  };
  try {
    const url = await service.ready;
    const readyMs = performance.now() - startedAt;
    await call(agent, { url: `${url}/v1/services/echo/versions/1.0.0`, method: 'PUT', body: definition });
    const runJob = async () => {
      const body = { service: 'echo@1.0.0', parameters: { n: 1 } };
      const job = await call(agent, { url: `${url}/v1/jobs`, method: 'POST', body });
      if (job['status'] !== 'succeeded') throw new Error(`a job ended otherwise: ${JSON.stringify(job)}`);
    };
    return { readyMs, processes: service.family, runJob, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Call {
  readonly url: string;
  readonly method: string;
  readonly body: object;
}

/** Node's own client, because `fetch` would use a considerable part of the processors that the service needs. */
async function call(agent: Agent, { url, method, body }: Call): Promise<Readonly<Record<string, unknown>>> {
  const outgoing = request(url, { method, headers, agent });
  outgoing.end(JSON.stringify(body));
  const response = await new Promise<NodeJS.ReadableStream & { statusCode?: number }>((resolve, reject) => {
    outgoing.once('response', resolve).once('error', reject);
  });
  const received = await text(response);
  if (response.statusCode !== 200 && response.statusCode !== 201)
    throw new Error(`${response.statusCode}: ${received}`);
  return JSON.parse(received);
}
