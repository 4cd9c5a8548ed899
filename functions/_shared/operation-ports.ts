import { lazySqsClient } from '../../aws/clients/sqs-client.ts';
import { dynamoOperationStore } from '../../aws/dynamodb/operations/dynamo-operation-store.ts';
import type { Table } from '../../aws/dynamodb/table/table.ts';
import { operationQueue } from '../../aws/sqs/operation-queue.ts';

/** The ports of every function that creates operations or works on them. The SQS client is loaded at its first use. */
export function operationPorts(
  table: Table,
  { OPERATION_QUEUE_URL }: { readonly OPERATION_QUEUE_URL: string },
) {
  return {
    operations: dynamoOperationStore(table),
    operationQueue: operationQueue({ client: lazySqsClient(), queueUrl: OPERATION_QUEUE_URL }),
  };
}
