import { dynamoOperationStore } from '../../../aws/dynamodb/operations/dynamo-operation-store.ts';
import type { Operation } from '../../../core/operations/model/operation.ts';
import { operatorClient } from '../local-service/add-key.ts';
import type { TestErrand } from '../local-service/local-errand.ts';
import { anOperation } from './an-operation.ts';

/** Writes an aborted operation of the file's tenant to the table of a local service: it never changes again. Returns its ID. */
export async function putOperation(
  { cloud, tenant }: TestErrand,
  given: Partial<Operation> = {},
): Promise<string> {
  const client = operatorClient(cloud);
  const table = { client, tableName: cloud.output('Errand', 'TableName') };
  const now = Date.now();
  const { nextCheckAt: _, ...operation } = anOperation({
    tenant,
    status: 'aborted',
    finishedAt: now,
    expiresAt: Math.ceil(now / 1000) * 1000 + 86_400_000,
    ...given,
  });
  const result = await dynamoOperationStore(table)
    .insert(operation)
    .finally(() => client.destroy());
  if (result !== 'inserted') throw new Error(`There is an operation ${operation.id} already`);
  return operation.id;
}
