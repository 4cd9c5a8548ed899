import { onTestFinished } from 'vitest';
import { batchDispatcher } from '../../../aws/batch/batch-dispatcher.ts';
import { lazyBatchClient } from '../../../aws/clients/batch-client.ts';
import { startBatch } from '../../../local/batch/start-batch.ts';
import { startGateway } from '../../../local/gateway/start-gateway.ts';
import { accessControl } from '../../../local/iam/access-control.ts';
import { accessKeys } from '../../../local/iam/access-keys.ts';
import { batchModel, testRegion } from '../../../local/test/batch/batch-stack.ts';
import { until } from '../../../local/test/fixture/until.ts';
import { temporaryDirectory } from '../../../local/test/fixture/write-assembly.ts';
import { type BatchUnderTest, describeBatchDispatcher } from '../suites/batch-dispatcher-suite.ts';

/** The adapter with the local runtime's Batch and a fair-share queue. */
async function make(): Promise<BatchUnderTest> {
  const model = batchModel({ container: { Command: ['node', '-e', 'setInterval(() => {}, 1000)'] } });
  const keys = accessKeys(model);
  const local = startBatch({
    model,
    dataDirectory: temporaryDirectory(),
    publish: () => undefined,
    environmentFor: () => ({}),
    delayScale: 0.02,
  });
  const gateway = await startGateway({ services: [local], access: accessControl(model), keys });
  const client = lazyBatchClient({ endpoint: gateway.url, region: testRegion, credentials: keys.operator });
  onTestFinished(async () => {
    (await client()).destroy();
    await gateway.stop();
    await local.stop();
  });
  const batch = batchDispatcher({ client, jobQueue: 'shared' });
  return {
    batch,
    endless: 'work',
    missing: 'errand-job-missing',
    started: (id) =>
      until(`${id} runs`, async () => {
        const described = await batch.describe(id);
        return described?.status === 'RUNNING' ? described : undefined;
      }),
  };
}

describeBatchDispatcher(make);
