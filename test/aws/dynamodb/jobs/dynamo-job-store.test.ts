import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe } from 'vitest';
import { dynamoJobLinks } from '../../../../aws/dynamodb/dynamo-job-links.ts';
import { dynamoJobStore } from '../../../../aws/dynamodb/jobs/dynamo-job-store.ts';
import type { Table } from '../../../../aws/dynamodb/table/table.ts';
import { serviceItemKey } from '../../../../aws/dynamodb/table/table-keys.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import type { JobStore } from '../../../../core/ports/job-store.ts';
import { describeJobStore } from '../../../contract/suites/job-store-suite.ts';
import { startTestEngine, type TestEngine } from '../../../support/local-service/errand-table.ts';

describe('dynamoJobStore', () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await startTestEngine();
  });
  afterAll(() => engine.stop());

  describeJobStore(async () => storeWithSurroundings(await engine.makeTable()));
});

/** Use cases register services and link jobs to their parents before they create jobs; the lists rely on that. */
function storeWithSurroundings(table: Table): JobStore {
  const store = dynamoJobStore(table);
  const links = dynamoJobLinks(table);
  const prepare = async ({ tenant, id, service, parentId, requestedAt }: Job) => {
    if (parentId !== undefined)
      await links.add({ tenant, kind: 'child', anchorId: parentId, jobId: id, madeAt: requestedAt });
    if (service === undefined) return;
    const Item = serviceItemKey(tenant, service.name, service.version);
    await table.client.send(new PutItemCommand({ TableName: table.tableName, Item }));
  };
  return {
    ...store,
    async insert(job) {
      await prepare(job);
      return store.insert(job);
    },
  };
}
