import assert from 'node:assert/strict';
import { isTerminal } from '../../core/contract/job-state.ts';
import type { JobBody } from '../support/local-service/ended-job.ts';

/** Remembers how jobs were seen to have ended. */
export interface EndWatch {
  /** Throws when a job has another end than was seen, or is open in an answer to what was asked after its end was seen. */
  look<Seen extends JobBody | readonly JobBody[]>(ask: () => Promise<Seen>): Promise<Seen>;
}

/** A second end that overwrites the first one leaves no trace on a job: it shows only to whoever saw the first one. */
export function watchEnds(): EndWatch {
  const ends = new Map<string, unknown>();
  return {
    async look(ask) {
      const endedBefore = new Set(ends.keys());
      const seen = await ask();
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
