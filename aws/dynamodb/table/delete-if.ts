import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { refusalOf, type WriteCondition, wasSentAgain } from './conditional-write.ts';
import type { Item, Table } from './table.ts';

/**
 * Deletes an item if the condition holds, and answers whether it is gone by this call. When the SDK sent the
 * delete again and then found nothing, its first try, whose answer got lost, is taken to have deleted it.
 */
export async function deleteIf(table: Table, key: Item, condition: WriteCondition): Promise<boolean> {
  const command = new DeleteItemCommand({
    TableName: table.tableName,
    Key: key,
    ...condition,
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  const refusal = await refusalOf(table.client.send(command));
  return refusal === undefined || (wasSentAgain(refusal) && refusal.Item === undefined);
}
