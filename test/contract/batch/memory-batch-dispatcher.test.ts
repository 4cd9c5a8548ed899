import { memoryBatch, missingDefinition } from '../../support/memory/memory-batch.ts';
import { describeBatchDispatcher } from '../suites/batch-dispatcher-suite.ts';

describeBatchDispatcher(async () => {
  const batch = memoryBatch();
  return {
    batch,
    endless: 'errand-job-endless',
    missing: missingDefinition,
    started: async (id) => batch.become(id, { status: 'RUNNING', startedAt: Date.now() }),
  };
});
