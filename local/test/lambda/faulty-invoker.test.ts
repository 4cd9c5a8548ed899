import { expect, test } from 'vitest';
import type { FunctionInvoker, InvokeRequest } from '../../cloud.ts';
import { faultyInvoker, type InvocationFault } from '../../lambda/faulty-invoker.ts';

const request: InvokeRequest = { functionName: 'one', payload: '{}', principal: { kind: 'operator' } };

function harmedBy(fault: InvocationFault | undefined) {
  const ran: string[] = [];
  const sound: FunctionInvoker = {
    invoke: async ({ functionName }) => ({ payload: JSON.stringify(ran.push(functionName)) }),
    invokeAsync: async ({ functionName }) => void ran.push(`later ${functionName}`),
    invokeStreaming: () => Promise.reject(new Error('does not stream')),
  };
  return { ran, invoker: faultyInvoker(sound, () => fault) };
}

test('a lost response throws after the function has run', async () => {
  const { ran, invoker } = harmedBy('lose-answer');
  await expect(invoker.invoke(request)).rejects.toThrow('injected fault: the response of one was lost');
  expect(ran).toEqual(['one']);
});

test('a call that runs twice returns the second response', async () => {
  const { ran, invoker } = harmedBy('run-twice');
  expect(await invoker.invoke(request)).toEqual({ payload: '2' });
  expect(ran).toEqual(['one', 'one']);
});

test('a throttled call is refused as in Lambda and runs nothing', async () => {
  const { ran, invoker } = harmedBy('throttle');
  const refusal = { code: 'TooManyRequestsException', status: 429 };
  await expect(invoker.invoke(request)).rejects.toMatchObject(refusal);
  expect(ran).toEqual([]);
});

test('asynchronous and streamed calls are passed on without faults', async () => {
  const { ran, invoker } = harmedBy(undefined);
  expect(await invoker.invoke(request)).toEqual({ payload: '1' });
  const harmed = harmedBy('lose-answer');
  await harmed.invoker.invokeAsync(request);
  await expect(harmed.invoker.invokeStreaming(request)).rejects.toThrow('does not stream');
  expect([ran, harmed.ran]).toEqual([['one'], ['later one']]);
});
