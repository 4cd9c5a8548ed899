import assert from 'node:assert/strict';
import { fillForLists, pageCost, singleFilters } from '../support/jobs/list-cost.ts';
import { startTestEngine } from '../support/local-service/errand-table.ts';

export interface ListCostPlan {
  /** How many jobs exist; the first page of each single filter must cost the same. */
  readonly sizes: readonly [number, number];
  readonly say: (line: string) => void;
}

/**
 * Throws unless the first page of each single filter takes the same read units in both tables. Deletes everything that it
 * created.
 */
export async function checkListCost({ sizes, say }: ListCostPlan): Promise<void> {
  const engine = await startTestEngine();
  try {
    const [small, large] = [await engine.makeTable(), await engine.makeTable()];
    await fillForLists(small, sizes[0]);
    await fillForLists(large, sizes[1]);
    for (const filter of singleFilters) {
      const [one, other] = [await pageCost(small, filter), await pageCost(large, filter)];
      assert.equal(other, one, `${filter} costs ${one} with ${sizes[0]} jobs and ${other} with ${sizes[1]}`);
      say(`${filter}: ${one} read units with ${sizes.join(' and with ')} jobs`);
    }
  } finally {
    await engine.stop();
  }
}
