import { describe, expect, test } from 'vitest';
import { call, functionResource, lambdaWith, testOperator } from './local-lambda.ts';

/** After a wait, returns its thread and the maximum number of concurrent calls in it. */
const watching = `
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
  // The function above returns nothing else.
  const seen = answers as ReadonlyArray<{ threadId: number; most: number }>;
  return {
    threads: new Set(seen.map((it) => it.threadId)).size,
    most: Math.max(...seen.map((it) => it.most)),
  };
}

describe('concurrency', () => {
  test('is unlimited in the one thread of a shared function', async () => {
    const { lambda } = lambdaWith([functionResource('shared', watching)]);
    expect(await callMany(lambda, 'shared', 40)).toEqual({ threads: 1, most: 40 });
  });

  test('is one call per thread and at most four threads otherwise; further calls wait', async () => {
    const { lambda } = lambdaWith([functionResource('service-s', watching)]);
    expect(await callMany(lambda, 'service-s', 10)).toEqual({ threads: 4, most: 1 });
  });

  test('of a function that has reserved more than four calls equals its reservation', async () => {
    const { lambda } = lambdaWith([
      functionResource('service-s', watching, { ReservedConcurrentExecutions: 6 }),
    ]);
    expect(await callMany(lambda, 'service-s', 6)).toEqual({ threads: 6, most: 1 });
  });

  test('falls to one thread when the others are idle', async () => {
    const { lambda } = lambdaWith([functionResource('service-s', watching)], { idleSeconds: 0.2 });
    expect(await callMany(lambda, 'service-s', 3)).toMatchObject({ threads: 3 });
    await expect.poll(() => lambda.environmentCount('service-s')).toBe(1);
    expect(await callMany(lambda, 'service-s', 1)).toEqual({ threads: 1, most: 1 });
  });

  test('above the reservation is refused as in Lambda', async () => {
    const { lambda } = lambdaWith([functionResource('few', watching, { ReservedConcurrentExecutions: 2 })]);
    const two = Promise.all([1, 2].map(() => call(lambda, 'few', { milliseconds: 300 })));
    await expect(call(lambda, 'few', { milliseconds: 0 })).rejects.toMatchObject({
      code: 'TooManyRequestsException',
      status: 429,
      message: 'Rate Exceeded.',
      details: { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded', Type: 'User' },
    });
    await two;
    expect(await call(lambda, 'few', { milliseconds: 0 })).toMatchObject({ most: 2 });
  });
});

const beyondAccount = {
  code: 'TooManyRequestsException',
  status: 429,
  message: 'Rate Exceeded.',
  details: { Reason: 'ConcurrentInvocationLimitExceeded', Type: 'User' },
};

describe("an account's concurrency", () => {
  test('is shared by all functions without a reservation', async () => {
    const resources = [functionResource('one', watching), functionResource('two', watching)];
    const { lambda } = lambdaWith(resources, { accountConcurrency: 3 });
    const running = ['one', 'one', 'two'].map((name) => call(lambda, name, { milliseconds: 300 }));
    await expect(call(lambda, 'one', { milliseconds: 0 })).rejects.toMatchObject(beyondAccount);
    await expect(call(lambda, 'two', { milliseconds: 0 })).rejects.toMatchObject(beyondAccount);
    await Promise.all(running);
    expect(await call(lambda, 'two', { milliseconds: 0 })).toMatchObject({ most: 1 });
  });

  test('excludes the part that a function has reserved', async () => {
    const reserving = functionResource('reserving', watching, { ReservedConcurrentExecutions: 2 });
    const resources = [reserving, functionResource('sharing', watching)];
    const { lambda } = lambdaWith(resources, { accountConcurrency: 102 });
    const sharing = Array.from({ length: 100 }, () => call(lambda, 'sharing', { milliseconds: 300 }));
    await expect(call(lambda, 'sharing', { milliseconds: 0 })).rejects.toMatchObject(beyondAccount);
    expect(await callMany(lambda, 'reserving', 2)).toMatchObject({ most: 2 });
    await Promise.all(sharing);
  });

  test('counts a streamed invocation until its end', async () => {
    const code = `export const handler = awslambda.streamifyResponse(async (e, stream) => {
      stream.write('a');
      await new Promise((resolve) => setTimeout(resolve, 300));
      stream.end();
    });`;
    const { lambda } = lambdaWith([functionResource('streaming', code)], { accountConcurrency: 1 });
    const request = { functionName: 'streaming', payload: '{}', principal: testOperator };
    const { body } = await lambda.invokeStreaming(request);
    await expect(lambda.invoke(request)).rejects.toMatchObject(beyondAccount);
    for await (const _chunk of body);
    await expect(lambda.invoke(request)).resolves.toMatchObject({ payload: 'a' });
  });

  test('delays an asynchronous event, which uses up no retry', async () => {
    const { lambda, lines } = lambdaWith(
      [
        functionResource('busy', watching),
        functionResource('later', `export const handler = async () => console.log('ran');`),
      ],
      { accountConcurrency: 1, delayScale: 1 / 100 },
    );
    const busy = call(lambda, 'busy', { milliseconds: 300 });
    await lambda.invokeAsync({ functionName: 'later', payload: '{}', principal: testOperator });
    await busy;
    await expect.poll(() => lines).toEqual(['later: ran']);
  });

  test.each([
    [1000, 901, 100],
    [10, 1, 10],
  ])(
    'of %i refuses a reservation of %i at the start, as Lambda does',
    (accountConcurrency, reserved, least) => {
      const greedy = functionResource('greedy', watching, { ReservedConcurrentExecutions: reserved });
      expect(() => lambdaWith([greedy], { accountConcurrency })).toThrow(
        `ReservedConcurrentExecutions of greedy (${reserved} in all) decreases the account's UnreservedConcurrentExecution below its minimum value of [${least}]`,
      );
    },
  );
});
