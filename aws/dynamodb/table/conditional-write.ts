import {
  ConditionalCheckFailedException,
  PutItemCommand,
  type PutItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { Item, Table } from './table.ts';

/** A condition with the names and values that it mentions. */
export type WriteCondition = Pick<
  PutItemCommandInput,
  'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

/** Holds when nothing has this key yet. */
export const isNew: WriteCondition = { ConditionExpression: 'attribute_not_exists(pk)' };

/** Holds when the attribute that counts an item's writes has this value; never for a missing item. */
export function countIs(attribute: string, expected: number): WriteCondition {
  return {
    ConditionExpression: '#count = :expected',
    ExpressionAttributeNames: { '#count': attribute },
    ExpressionAttributeValues: { ':expected': { N: String(expected) } },
  };
}

/**
 * Puts an item if the condition holds, and answers whether it is there now. When an answer got lost and the SDK
 * sent the put again, the second try fails its condition although the first one wrote: such an item is
 * recognised by its content, which DynamoDB gives back free of charge with the failure
 * (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html).
 */
export async function putIf(table: Table, item: Item, condition: WriteCondition): Promise<boolean> {
  const command = new PutItemCommand({
    TableName: table.tableName,
    Item: item,
    ...condition,
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  const refusal = await refusalOf(table.client.send(command));
  if (refusal === undefined) return true;
  return wasSentAgain(refusal) && refusal.Item !== undefined && sameItem(refusal.Item, item);
}

/** Undefined when the write was done; its failed condition otherwise. */
export async function refusalOf(
  write: Promise<unknown>,
): Promise<ConditionalCheckFailedException | undefined> {
  try {
    await write;
    return undefined;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return error;
    throw error;
  }
}

/** True when the SDK tried more than once, so that an earlier try may have written. */
export function wasSentAgain(refusal: ConditionalCheckFailedException): boolean {
  return (refusal.$metadata.attempts ?? 1) > 1;
}

function sameItem(left: Item, right: Item): boolean {
  return contentOf(left) === contentOf(right);
}

/** Equal for equal items of flat attributes, however a server orders and writes them. */
function contentOf(item: Item): string {
  const attributes = Object.entries(item).map(([name, { S, N, B, BOOL }]) => {
    const number = N === undefined ? undefined : Number(N);
    const bytes = B === undefined ? undefined : Buffer.from(B).toString('base64url');
    return [name, [S, number, bytes, BOOL]] as const;
  });
  return JSON.stringify(attributes.sort(([left], [right]) => (left < right ? -1 : 1)));
}
