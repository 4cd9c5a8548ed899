import type { ConsumedCapacity } from '@aws-sdk/client-dynamodb';
import type { CallRecord } from '../../local/gateway/call-record.ts';

const writeOperations = new Set([
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'BatchWriteItem',
  'TransactWriteItems',
]);

/** The DynamoDB units of a call; throws when its response should contain them and does not. */
export function consumedUnits(call: CallRecord): { readonly read: number; readonly write: number } {
  if (call.service !== 'dynamodb') return { read: 0, write: 0 };
  if (call.consumedCapacity === undefined)
    throw new Error(`The response of ${call.action} (${call.status}) does not contain the consumed capacity`);
  // As the API documents it: one value, or one for each table.
  const capacity = [call.consumedCapacity].flat() as ConsumedCapacity[];
  const units = capacity.reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
  return writeOperations.has(call.action) ? { read: 0, write: units } : { read: units, write: 0 };
}
