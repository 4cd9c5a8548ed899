import { ProblemError } from '../../../core/contract/problems/problem-error.ts';
import { deleteData } from '../../../core/jobs/deletion/delete-data.ts';
import type { DataDeletion } from '../data/data-ledger.ts';
import { dyingAfter, unlessInjected } from '../faulty.ts';
import type { Process } from '../process.ts';

/** A caller that deletes a data object, and accepts a refusal; or whose process dies during the call. */
export async function simulateDataDelete(process: Process, dataId: string): Promise<void> {
  const { random, ledger } = process;
  const livesFor = random.happens(0.35) ? random.whole(0, 14) : Number.POSITIVE_INFINITY;
  const key = { tenant: 'local', dataId };
  const request = async (): Promise<DataDeletion['result'] | undefined> => {
    try {
      const deleted = deleteData(dyingAfter(process.ports(), livesFor), { key, by: 'somebody' });
      if ((await unlessInjected(deleted.then(() => true))) === true) return 'deleted';
      return livesFor < Number.POSITIVE_INFINITY ? 'unknown' : undefined;
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      if (error.slug === 'unavailable') return undefined;
      return error.slug === 'data-deleted' ? 'deleted' : 'refused';
    }
  };
  let result = await request();
  while (result === undefined) result = await request();
  ledger.deletions.push({ dataId, result });
}
