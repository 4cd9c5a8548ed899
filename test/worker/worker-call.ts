import { onTestFinished } from 'vitest';
import { openAttempt } from '../../worker/attempt/attempt.ts';
import { type RespondToWorker, startWorkerServer, type WorkerServer } from '../support/worker-server.ts';
import { envelopeSample } from './envelope-sample.ts';

/** A worker server that stops after the test. */
export async function workerServer(response?: RespondToWorker): Promise<WorkerServer> {
  const server = await startWorkerServer(response);
  onTestFinished(server.stop);
  return server;
}

/** An attempt that is open until the end of the test, and the server that it calls. */
export async function attemptOn(response?: RespondToWorker) {
  const server = await workerServer(response);
  const attempt = openAttempt({ url: server.url, token: server.token });
  onTestFinished(() => attempt.close());
  return { server, attempt };
}

/** The event of a function whose worker routes are the server's. */
export function eventFor({ url, token }: WorkerServer, parameters: unknown = {}) {
  return { ...envelopeSample, worker: { url, token }, parameters };
}

/** Sends the given response to the first requests of a route, and the usual one to the others. */
export function atFirst(
  count: number,
  route: string,
  response: ReturnType<RespondToWorker>,
): RespondToWorker {
  let given = 0;
  return (request) => {
    if (request.route !== route || given >= count) return undefined;
    given += 1;
    return response;
  };
}
