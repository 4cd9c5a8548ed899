import type { Lambda } from '@aws-sdk/client-lambda';
import { describe, expect, test, vi } from 'vitest';
import { redriveInPublisher } from '../../../aws/lambda/redrive-in-publisher.ts';

const outcome = { found: 1, published: 1, failed: 0, unreadable: 0, remaining: 0, isComplete: true };
const redrive = { limit: 5, isDryRun: false, after: 'a-batch' };

type Invoke = (
  input: { readonly FunctionName: string; readonly Payload: string },
  options: { readonly abortSignal: AbortSignal },
) => Promise<object>;

function publisher(invoke: Invoke) {
  const client = { invoke } as unknown as Lambda; // only `invoke` is called
  return redriveInPublisher(async () => client, 'errand-publish-events', redrive);
}

describe('redriveInPublisher', () => {
  test('invokes the publisher with the request, and returns what it did', async () => {
    const inputs: unknown[] = [];
    const invoked = publisher(async (input) => {
      inputs.push({ ...input, Payload: JSON.parse(input.Payload) });
      return { Payload: Buffer.from(JSON.stringify(outcome)) };
    });
    expect(await invoked).toEqual(outcome);
    expect(inputs).toEqual([{ FunctionName: 'errand-publish-events', Payload: { redrive } }]);
  });

  test('throws if the publisher fails, and the errors of Lambda', async () => {
    const failed = publisher(async () => ({ FunctionError: 'Unhandled', Payload: Buffer.from('why') }));
    await expect(failed).rejects.toThrow('The publisher failed: why');
    const throttled = Object.assign(new Error('Rate exceeded'), { name: 'TooManyRequestsException' });
    await expect(publisher(() => Promise.reject(throttled))).rejects.toBe(throttled);
  });

  test('throws unavailable if the publisher does not respond in time', async () => {
    vi.spyOn(AbortSignal, 'timeout').mockReturnValue(AbortSignal.abort());
    try {
      const silent = publisher(async (_, { abortSignal }) => {
        abortSignal.throwIfAborted();
        return {};
      });
      await expect(silent).rejects.toMatchObject({ slug: 'unavailable' });
    } finally {
      vi.restoreAllMocks();
    }
  });
});
