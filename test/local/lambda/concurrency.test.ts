import { describe, expect, test } from 'vitest';
import { call, functionResource, lambdaWith } from './local-lambda.ts';

/** Answers which thread served it, and how many calls were in it at once, after a wait. */
const WATCHING = `
  import { threadId } from 'node:worker_threads';
  let now = 0; let most = 0;
  export const handler = async (e) => {
    now += 1; most = Math.max(most, now);
    await new Promise((resolve) => setTimeout(resolve, e.milliseconds));
    now -= 1;
    return { threadId, most };
  };`;

async function callMany(lambda: Parameters<typeof call>[0], name: string, count: number) {
  const answers = await Promise.all(
    Array.from({ length: count }, () => call(lambda, name, { milliseconds: 200 })),
  );
  // The function above answers nothing else.
  const seen = answers as ReadonlyArray<{ threadId: number; most: number }>;
  return {
    threads: new Set(seen.map((it) => it.threadId)).size,
    most: Math.max(...seen.map((it) => it.most)),
  };
}

describe('concurrency', () => {
  test('is unbounded in the one thread of a shared function', async () => {
    const { lambda } = lambdaWith([functionResource('shared', WATCHING)]);
    expect(await callMany(lambda, 'shared', 40)).toEqual({ threads: 1, most: 40 });
  });

  test('is one call a thread and at most four threads otherwise; further calls wait', async () => {
    const { lambda } = lambdaWith([functionResource('service-s', WATCHING)]);
    expect(await callMany(lambda, 'service-s', 10)).toEqual({ threads: 4, most: 1 });
  });

  test('goes back to one thread when the others are idle', async () => {
    const { lambda } = lambdaWith([functionResource('service-s', WATCHING)], { idleSeconds: 0.2 });
    await callMany(lambda, 'service-s', 3);
    expect(lambda.threadCount('service-s')).toBe(3);
    await expect.poll(() => lambda.threadCount('service-s')).toBe(1);
    expect(await callMany(lambda, 'service-s', 1)).toEqual({ threads: 1, most: 1 });
  });

  test('beyond what is reserved is refused as Lambda does', async () => {
    const { lambda } = lambdaWith([functionResource('few', WATCHING, { ReservedConcurrentExecutions: 2 })]);
    const two = Promise.all([1, 2].map(() => call(lambda, 'few', { milliseconds: 300 })));
    await expect(call(lambda, 'few', { milliseconds: 0 })).rejects.toMatchObject({
      code: 'TooManyRequestsException',
      status: 429,
      message: 'Rate Exceeded.',
    });
    await two;
    expect(await call(lambda, 'few', { milliseconds: 0 })).toMatchObject({ most: 2 });
  });
});
