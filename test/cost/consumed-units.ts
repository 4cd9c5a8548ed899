import type { ConsumedCapacity } from '@aws-sdk/client-dynamodb';
import type { CallRecord } from '../../local/gateway/call-record.ts';

const writeOperations = new Set([
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'BatchWriteItem',
  'TransactWriteItems',
]);

/** The DynamoDB units of a call; throws when its answer should tell them and does not. */
export function consumedUnits(call: CallRecord): { readonly read: number; readonly write: number } {
  if (call.service !== 'dynamodb') return { read: 0, write: 0 };
  if (call.consumedCapacity === undefined)
    throw new Error(`${call.action} answered ${call.status} and does not tell what it consumed`);
  // As the API documents it: one, or one a table.
  const capacity = [call.consumedCapacity].flat() as ConsumedCapacity[];
  const units = capacity.reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
  return writeOperations.has(call.action) ? { read: 0, write: units } : { read: units, write: 0 };
}
