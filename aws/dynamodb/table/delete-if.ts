import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { conditionFailureOf, type WriteCondition, wasRetried } from './conditional-write.ts';
import type { Item, Table } from './table.ts';

/**
 * Deletes an item if the condition is true, and returns whether this call deleted it. When the SDK repeated
 * the delete and found no item, its first try, whose response was lost, is assumed to have deleted it.
 */
export async function deleteIf(table: Table, key: Item, condition: WriteCondition): Promise<boolean> {
  const command = new DeleteItemCommand({
    TableName: table.tableName,
    Key: key,
    ...condition,
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  const failure = await conditionFailureOf(table.client.send(command));
  return failure === undefined || (wasRetried(failure) && failure.Item === undefined);
}
