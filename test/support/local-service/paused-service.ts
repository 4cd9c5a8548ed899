import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { until } from '../../../local/test/fixture/until.ts';
import type { AssemblyChange } from './assembly-copy.ts';
import { withFunctions } from './service-functions.ts';

/** One invocation of the function, which waits for its test. */
export interface PausedInvocation {
  readonly job: { readonly id: string; readonly attempt: number };
  readonly worker: { readonly url: string; readonly token: string };
  /** Lets the function return. */
  finish(value: unknown): void;
}

export interface PausedService {
  readonly change: AssemblyChange;
  /** The invocation for an attempt, once it has started; by default the first one. */
  invocation(jobId: string, attempt?: number): Promise<PausedInvocation>;
  stop(): Promise<void>;
}

export const pausedFunctionName = 'errand-service-paused';

/** A service function that sends the test the URL of its reports, and returns the value of the test when the test releases it. */
export async function startPausedService(): Promise<PausedService> {
  const invocations: PausedInvocation[] = [];
  const server = createServer((incoming, outgoing) => {
    readText(incoming).then(
      (text) => invocations.push(pausedInvocation(text, outgoing)),
      () => outgoing.destroy(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    // The longest time-out of a function: on a machine that does other work, a test takes minutes.
    change: withFunctions({
      [pausedFunctionName]: { module: moduleFor(addressOf(server)), timeoutSeconds: 900 },
    }),
    invocation: (jobId, attempt = 1) =>
      until(`attempt ${attempt} of ${jobId} runs`, () =>
        invocations.find(({ job }) => job.id === jobId && job.attempt === attempt),
      ),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function moduleFor(address: string): string {
  return `
export const handler = async (envelope) => {
  const response = await fetch('${address}', { method: 'POST', body: JSON.stringify(envelope) });
  return response.json();
};`;
}

function pausedInvocation(text: string, outgoing: ServerResponse): PausedInvocation {
  // The function sends the envelope that it was invoked with.
  const { job, worker } = JSON.parse(text) as Pick<PausedInvocation, 'job' | 'worker'>;
  return { job, worker, finish: (value) => void outgoing.end(JSON.stringify(value)) };
}

async function readText(incoming: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(Buffer.from(part as Uint8Array)); // a stream of bytes
  return Buffer.concat(parts).toString();
}

function addressOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return `http://127.0.0.1:${address.port}/`;
}
