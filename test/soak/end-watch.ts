import assert from 'node:assert/strict';
import { isTerminal } from '../../core/contract/job-state.ts';
import type { JobBody } from '../support/local-service/ended-job.ts';

/** Records the observed ends of jobs. */
export interface EndWatch {
  /**
   * Throws when a job has another end than the observed one, or is open in the response to a request after its end was observed.
   */
  observe<Seen extends JobBody | readonly JobBody[]>(request: () => Promise<Seen>): Promise<Seen>;
}

/** A second end that overwrites the first one leaves no trace on a job: only an observer of the first end can detect it. */
export function watchEnds(): EndWatch {
  const ends = new Map<string, unknown>();
  return {
    async observe(request) {
      const endedBefore = new Set(ends.keys());
      const seen = await request();
      const jobs: readonly JobBody[] = [seen].flat();
      for (const { id, status, attempt, finishedAt } of jobs) {
        const end = { status, attempt, finishedAt };
        if (isTerminal(status) && !ends.has(id)) ends.set(id, end);
        if (isTerminal(status) || endedBefore.has(id))
          assert.deepEqual(end, ends.get(id), `${id} has two ends, or is open again`);
      }
      return seen;
    },
  };
}
