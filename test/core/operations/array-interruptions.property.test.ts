import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Operation, treatedJobs } from '../../../core/operations/model/operation.ts';
import {
  arrayWorld,
  jobsOf,
  refusalsOf,
  startArray,
  storeData,
} from '../../support/operations/array-world.ts';
import { incidents, runWith } from '../../support/operations/incidents.ts';
import {
  type OperationDeps,
  storedOperation,
  workUntilIdle,
} from '../../support/operations/operation-world.ts';

/** Whether each element is valid. */
const elements = fc.array(
  fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  { minLength: 1, maxLength: 130 },
);

const elementOf = (isValid: boolean, index: number) => ({
  name: `element ${index}`,
  parameters: { count: isValid ? index : 'none' },
});

test('an array job creates one job for each valid element, whatever interrupts the processes', async () => {
  await fc.assert(
    fc.asyncProperty(elements, fc.boolean(), incidents, async (validities, isData, sequence) => {
      const deps = await arrayWorld();
      const list = validities.map(elementOf);
      const over = isData ? { dataId: await storeArray(deps, list) } : list;
      const operation = await startArray(deps, over);
      const left = [...sequence];
      await workUntilIdle(deps, (_, key) => runWith(deps, key, left.shift()));
      const ended = await storedOperation(deps, operation);
      expect(ended.status).toBe(ended.abort === undefined ? 'succeeded' : ended.status);
      expect(new Set(deps.events.map((event) => JSON.stringify(event))).size).toBe(1);
      expect(deps.objects.keys()).toEqual([]);
      await expectOutcomes(deps, validities, ended);
    }),
    { numRuns: 500 },
  );
}, 240_000);

function storeArray(deps: OperationDeps, list: readonly object[]): Promise<string> {
  return storeData(deps, JSON.stringify(list), { mediaType: 'application/json' });
}

async function expectOutcomes(
  deps: OperationDeps,
  validities: readonly boolean[],
  ended: Operation,
): Promise<void> {
  if (ended.status === 'succeeded') expect(ended.matched).toBe(validities.length);
  const treated = validities.slice(0, treatedJobs(ended));
  if (ended.status === 'succeeded') expect(treated).toHaveLength(validities.length);
  const numbersOf = (wanted: boolean) =>
    treated.flatMap((isValid, index) => (isValid === wanted ? [index] : []));
  expect(ended).toMatchObject({
    done: numbersOf(true).length,
    refused: numbersOf(false).length,
    failed: 0,
  });
  // Jobs are in the order of their elements.
  expect((await jobsOf(deps)).map(({ name }) => name)).toEqual(
    numbersOf(true).map((index) => `element ${index}`),
  );
  expect((await refusalsOf(deps, ended)).map(({ index }) => index)).toEqual(numbersOf(false));
}
