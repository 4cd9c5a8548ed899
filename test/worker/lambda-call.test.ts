import { describe, expect, test } from 'vitest';
import { defineService } from '../../worker/lambda/define-service.ts';
import { problemResponse } from '../support/worker-server.ts';
import { eventFor, workerServer } from './worker-call.ts';

const lambdaContext = {
  awsRequestId: '8286a188-ba32-4475-8077-530cd35c09a9',
  logGroupName: '/aws/lambda/errand-service-f',
  logStreamName: '2026/11/30/[$LATEST]0123456789abcdef0123456789abcdef',
};

/** Works until it is requested to stop. */
function untilStopped({ signal }: { readonly signal: AbortSignal }): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
}

describe('the call of a Lambda service', () => {
  test('sends no request to the worker routes unless the service does', async () => {
    const server = await workerServer();
    expect(await defineService(() => 1)(eventFor(server))).toBe(1);
    expect(server.requests).toEqual([]);
  });

  test('names its invocation in every request to the worker routes', async () => {
    const server = await workerServer();
    await defineService(({ heartbeat }) => heartbeat())(eventFor(server), lambdaContext);
    await defineService(({ heartbeat }) => heartbeat())(eventFor(server), undefined);
    expect(server.requests.map(({ headers }) => headers['errand-invocation'])).toEqual([
      `${lambdaContext.awsRequestId} ${lambdaContext.logGroupName} ${lambdaContext.logStreamName}`,
      undefined,
    ]);
  });

  test('sends the last progress before the function returns, and before it throws', async () => {
    const server = await workerServer();
    const handler = defineService(({ progress, parameters }: Parameters<typeof progressed>[0]) =>
      progressed({ progress, parameters }),
    );
    await handler(eventFor(server, { fails: false }));
    await expect(handler(eventFor(server, { fails: true }))).rejects.toThrow('on purpose');
    expect(server.to('/progress').map(({ text }) => JSON.parse(text) as unknown)).toEqual([
      { completion: 1 },
      { completion: 1 },
    ]);
  });

  test('sends heartbeats by itself only when the interval is given', async () => {
    const server = await workerServer();
    const handler = defineService(
      async () => {
        while (server.to('/heartbeat').length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
        return 'done';
      },
      { heartbeatEverySeconds: 0.1 },
    );
    expect(await handler(eventFor(server))).toBe('done');
  });

  test('receives an abort in the response to its own heartbeat', async () => {
    const server = await workerServer(() => ({ body: { abort: true } }));
    const handler = defineService(async ({ heartbeat, signal }) => {
      await heartbeat();
      return { aborted: signal.aborted };
    });
    // Its later return value is ignored.
    expect(await handler(eventFor(server))).toBeNull();
    expect(server.requests).toHaveLength(1);
  });

  test.each([
    ['an abort', { body: { abort: true } }],
    ['the start of another attempt', problemResponse(409, 'stale-attempt')],
  ])('ends quietly after %s', async (_, response) => {
    const server = await workerServer(() => response);
    const handler = defineService(untilStopped, { heartbeatEverySeconds: 0.1 });
    expect(await handler(eventFor(server))).toBeNull();
  });

  test('leaves no timer or request running', async () => {
    const server = await workerServer(() => 'broken');
    const handler = defineService(
      ({ heartbeat }) => {
        void heartbeat();
        return 1;
      },
      { heartbeatEverySeconds: 0.1 },
    );
    expect(await handler(eventFor(server))).toBe(1);
    const { length } = server.requests;
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(server.requests.length - length).toBeLessThanOrEqual(1);
  });

  test('submits sub-jobs of its job', async () => {
    const server = await workerServer();
    const handler = defineService(({ children }) => children.submit('a', { service: 'echo' }));
    expect(await handler(eventFor(server))).toEqual({ id: 'child', status: 'pending' });
  });
});

function progressed({
  progress,
  parameters,
}: {
  readonly progress: (progress: { readonly completion: number }) => void;
  readonly parameters: { readonly fails: boolean };
}): string {
  progress({ completion: 0.5 });
  progress({ completion: 1 });
  if (parameters.fails) throw new Error('on purpose');
  return 'done';
}
