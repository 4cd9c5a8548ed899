import { describe, expect, test } from 'vitest';
import { waitForOperation } from '../../../core/operations/wait-for-operation.ts';
import { testDeps } from '../../support/jobs/test-deps.ts';
import { anOperation } from '../../support/operations/an-operation.ts';

const operation = anOperation();
const key = { tenant: operation.tenant, operationId: operation.id };

/** An operation that ends at the given reading. */
async function world(endsAtRead: number) {
  const deps = testDeps();
  await deps.operations.insert(operation);
  let reads = 0;
  const operations = {
    ...deps.operations,
    async get(wanted: typeof key) {
      reads += 1;
      if (reads === endsAtRead)
        await deps.operations.replace({ ...operation, version: 2, status: 'succeeded' }, 1);
      return deps.operations.get(wanted);
    },
  };
  return { ...deps, operations };
}

describe('waitForOperation', () => {
  test('returns the operation as soon as it has ended', async () => {
    const deps = await world(4);
    const startedAt = deps.clock.now();
    const { operation: ended, waitedFully } = await waitForOperation(deps, key, 25_000);
    expect([ended.status, waitedFully]).toEqual(['succeeded', true]);
    expect(deps.clock.now() - startedAt).toBe(1500);
  });

  test('returns the running operation when the time is over', async () => {
    const deps = await world(1000);
    const startedAt = deps.clock.now();
    const { operation: running, waitedFully } = await waitForOperation(deps, key, 3200);
    expect([running.status, waitedFully]).toEqual(['running', true]);
    expect(deps.clock.now() - startedAt).toBe(3200);
  });

  test('does not wait beyond the limit of long polls, and releases its own', async () => {
    const deps = await world(1000);
    const one = { ...deps, settings: { ...deps.settings, maxHeldCalls: 1 } };
    const held = { ...deps.clock, sleep: () => new Promise<void>(() => undefined) };
    void waitForOperation({ ...one, clock: held }, key, 20_000);
    await expect.poll(() => waitForOperation(one, key, 1000)).toMatchObject({ waitedFully: false });
    const other = await world(2);
    await waitForOperation(other, key, 1000);
    expect(await waitForOperation({ ...other, settings: one.settings }, key, 1000)).toMatchObject({
      waitedFully: true,
    });
  });

  test('refuses an operation that does not exist', async () => {
    await expect(waitForOperation(testDeps(), { ...key, tenant: 'other' }, 1000)).rejects.toMatchObject({
      slug: 'not-found',
    });
  });
});
