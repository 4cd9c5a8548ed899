import { describe, expect, test } from 'vitest';
import { childrenOf } from '../../worker/attempt/children.ts';
import { problemResponse } from '../support/worker-server.ts';
import { atFirst, attemptOn } from './worker-call.ts';

const submission = { service: 'echo', parameters: { part: 1 } };

async function keyOf(jobId: string, name: string): Promise<unknown> {
  const { server, attempt } = await attemptOn();
  await childrenOf(attempt, jobId).submit(name, submission);
  return server.to('/children')[0]?.headers['idempotency-key'];
}

describe('children', () => {
  test('are submitted by name, and described by ID and status', async () => {
    const { server, attempt } = await attemptOn();
    expect(await childrenOf(attempt, 'parent').submit('part 1', submission)).toEqual({
      id: 'child',
      status: 'pending',
    });
    expect(JSON.parse(server.requests[0]?.text ?? '')).toEqual({ name: 'part 1', ...submission });
  });

  test('may have another name than the one that distinguishes them from their siblings', async () => {
    const { server, attempt } = await attemptOn();
    await childrenOf(attempt, 'parent').submit('part 1', { ...submission, name: 'shown' });
    expect(JSON.parse(server.requests[0]?.text ?? '')).toMatchObject({ name: 'shown' });
  });

  test('have the same key in every attempt, and another key for another name or parent', async () => {
    const key = await keyOf('parent', 'a');
    expect(await keyOf('parent', 'a')).toBe(key);
    expect(await keyOf('parent', 'b')).not.toBe(key);
    expect(await keyOf('other', 'a')).not.toBe(key);
  });

  test('have a key that can be sent, whatever their name', async () => {
    expect(await keyOf('parent', `"ä\n,${'😀'.repeat(200)}`)).toMatch(/^[\w-]{43}$/);
  });

  test('are submitted again with the same key when a response is lost', async () => {
    const { server, attempt } = await attemptOn(atFirst(2, '/children', 'broken'));
    await childrenOf(attempt, 'parent').submit('a', submission);
    const keys = server.to('/children').map(({ headers }) => headers['idempotency-key']);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
  });

  test('that are refused fail the service with the problem, unless it handles the error', async () => {
    const { attempt } = await attemptOn(() =>
      problemResponse(404, 'service-not-found', 'There is no "eco".'),
    );
    await expect(childrenOf(attempt, 'parent').submit('a', submission)).rejects.toMatchObject({
      name: 'ServiceFailure',
      message: 'The sub-job "a" was not submitted: There is no "eco".',
      type: 'child-refused',
      retryable: false,
    });
  });

  test('of an attempt that is over are not submitted: the signal has the reason', async () => {
    const { attempt } = await attemptOn(() => problemResponse(409, 'stale-attempt'));
    await expect(childrenOf(attempt, 'parent').submit('a', submission)).rejects.toMatchObject({
      name: 'AttemptStopped',
      stopCause: 'stale',
    });
  });

  test('are refused when the response is not a job', async () => {
    const { attempt } = await attemptOn(() => ({ body: { abort: false } }));
    await expect(childrenOf(attempt, 'parent').submit('a', submission)).rejects.toMatchObject({
      type: 'child-unanswered',
      retryable: true,
    });
  });
});
