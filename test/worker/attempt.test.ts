import { describe, expect, test } from 'vitest';
import { openAttempt } from '../../worker/attempt/attempt.ts';
import { callWorker } from '../../worker/attempt/call-worker.ts';
import { problemResponse, type WorkerServerResponse } from '../support/worker-server.ts';
import { atFirst, attemptOn, workerServer } from './worker-call.ts';

const pauses = [1, 1, 1];

describe('callWorker', () => {
  test('sends the token, its container, and JSON', async () => {
    const server = await workerServer();
    const response = await callWorker(
      { url: server.url, token: server.token, workerId: 'batch-1' },
      { path: '/fail', body: '{"message":"no"}', idempotencyKey: 'k' },
    );
    expect(response).toMatchObject({ kind: 'accepted', status: 200 });
    expect(server.requests).toMatchObject([
      {
        method: 'POST',
        route: '/fail',
        text: '{"message":"no"}',
        headers: {
          authorization: `Bearer ${server.token}`,
          'errand-worker-id': 'batch-1',
          'content-type': 'application/json',
          'idempotency-key': 'k',
        },
      },
    ]);
  });

  test('names no container outside one, and no media type without a body', async () => {
    const server = await workerServer();
    await callWorker({ url: server.url, token: server.token }, { path: '/heartbeat' });
    expect(server.requests[0]?.headers).not.toHaveProperty('errand-worker-id');
    expect(server.requests[0]?.headers).not.toHaveProperty('content-type');
  });

  test.each<readonly [string, WorkerServerResponse]>([
    ['a broken connection', 'broken'],
    ['500', problemResponse(500, 'internal')],
    ['503', problemResponse(503, 'unavailable')],
    ['429', problemResponse(429, 'rate-limited')],
  ])('retries after %s', async (_, fault) => {
    const { server, attempt } = await attemptOn(atFirst(3, '/heartbeat', fault));
    expect(await attempt.call({ path: '/heartbeat', pauses })).toMatchObject({ kind: 'accepted' });
    expect(server.requests).toHaveLength(4);
  });

  test('waits as long as Retry-After states', async () => {
    const busy = { status: 429, headers: { 'retry-after': '1' } };
    const { server, attempt } = await attemptOn(atFirst(1, '/heartbeat', busy));
    await attempt.call({ path: '/heartbeat', pauses });
    const [first, second] = server.requests;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(990);
  });

  test('gives up after its pauses, and reports the reason without the URL or the token', async () => {
    const { server, attempt } = await attemptOn(() => 'broken');
    const response = await attempt.call({ path: '/heartbeat', pauses });
    expect(response.kind).toBe('unanswered');
    expect(JSON.stringify(response)).toContain('4 tries');
    expect(JSON.stringify(response)).not.toContain(server.token);
    expect(JSON.stringify(response)).not.toContain(server.url);
    expect(server.requests).toHaveLength(4);
    expect(attempt.signal.aborted).toBe(false);
  });

  test.each([
    [400, 'invalid-request'],
    [401, 'unauthenticated'],
    [404, 'not-found'],
    [422, 'invalid-parameters'],
  ])('does not retry after %i, and reports the problem', async (status, slug) => {
    const { server, attempt } = await attemptOn(() => problemResponse(status, slug, 'the detail'));
    const response = await attempt.call({ path: '/fail', pauses });
    expect(response).toEqual({ kind: 'refused', status, slug, detail: 'the detail' });
    expect(server.requests).toHaveLength(1);
  });

  test('follows no redirect with its token', async () => {
    const other = await workerServer();
    const { attempt } = await attemptOn(() => ({ status: 303, headers: { location: other.url } }));
    expect(await attempt.call({ method: 'GET', path: '/parameters' })).toMatchObject({
      kind: 'accepted',
      status: 303,
      location: other.url,
    });
    expect(other.requests).toEqual([]);
  });
});

describe('an attempt', () => {
  test('sends no request by itself', async () => {
    const server = await workerServer();
    openAttempt({ url: server.url, token: server.token }).close();
    expect(server.requests).toEqual([]);
  });

  test('learns from a response that it must stop', async () => {
    const { attempt } = await attemptOn(() => ({ body: { abort: true } }));
    await attempt.call({ path: '/heartbeat' });
    expect(attempt.stoppedBy()).toBe('abort');
    expect(attempt.signal.reason).toMatchObject({ name: 'AttemptStopped', stopCause: 'abort' });
  });

  test('does not interpret a member of the parameters as a message to itself', async () => {
    const { attempt } = await attemptOn(() => ({ body: { abort: true } }));
    await attempt.call({ method: 'GET', path: '/parameters' });
    expect(attempt.signal.aborted).toBe(false);
  });

  test('is over after 409 stale-attempt', async () => {
    const { attempt } = await attemptOn(() => problemResponse(409, 'stale-attempt'));
    expect(await attempt.call({ path: '/heartbeat' })).toEqual({ kind: 'stale' });
    expect(attempt.signal.reason).toMatchObject({ stopCause: 'stale' });
  });

  test('is over once its token is refused, which is tried only once', async () => {
    const { server, attempt } = await attemptOn(() => problemResponse(401, 'unauthenticated'));
    expect(await attempt.call({ path: '/heartbeat' })).toMatchObject({ kind: 'refused', status: 401 });
    expect(attempt.signal.reason).toMatchObject({ stopCause: 'unauthenticated' });
    expect(server.requests).toHaveLength(1);
  });

  test('continues when a sub-job that it submitted before was deleted', async () => {
    const { attempt } = await attemptOn(() => problemResponse(410, 'job-deleted'));
    expect(await attempt.call({ path: '/children' })).toMatchObject({ kind: 'refused', status: 410 });
    expect(attempt.signal.aborted).toBe(false);
  });

  test('continues after any other conflict', async () => {
    const { attempt } = await attemptOn(() => problemResponse(409, 'parent-ended'));
    expect(await attempt.call({ path: '/children' })).toMatchObject({ kind: 'refused' });
    expect(attempt.signal.aborted).toBe(false);
  });

  test('keeps the first cause', async () => {
    const { attempt } = await attemptOn();
    attempt.stop('terminated');
    attempt.stop('abort');
    expect(attempt.stoppedBy()).toBe('terminated');
  });

  test('cancels its requests when it is closed, however long the pauses are', async () => {
    const { server, attempt } = await attemptOn(() => 'broken');
    const response = attempt.call({ path: '/heartbeat', pauses: [600_000] });
    while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    attempt.close();
    expect(await response).toMatchObject({ kind: 'unanswered' });
  });
});
