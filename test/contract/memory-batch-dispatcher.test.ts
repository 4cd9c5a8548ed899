import { memoryBatch, missingDefinition } from '../support/memory-batch.ts';
import { describeBatchDispatcher } from './batch-dispatcher-suite.ts';

describeBatchDispatcher(async () => {
  const batch = memoryBatch();
  return {
    batch,
    endless: 'errand-job-endless',
    missing: missingDefinition,
    begun: async (id) => batch.become(id, { status: 'RUNNING', startedAt: Date.now() }),
  };
});
