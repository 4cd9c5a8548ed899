import {
  ConditionalCheckFailedException,
  PutItemCommand,
  type PutItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { Item, Table } from './table.ts';

/** A condition with its attribute names and values. */
export type WriteCondition = Pick<
  PutItemCommandInput,
  'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

/** The condition that no item with this key exists. */
export const itemNotExists: WriteCondition = { ConditionExpression: 'attribute_not_exists(pk)' };

/**
 * Returns the condition that an item has this version or revision, which grows with every write. It is false
 * for a missing item.
 */
export function versionEquals(attribute: string, expected: number): WriteCondition {
  return {
    ConditionExpression: '#count = :expected',
    ExpressionAttributeNames: { '#count': attribute },
    ExpressionAttributeValues: { ':expected': { N: String(expected) } },
  };
}

/**
 * Puts an item if the condition is true, and returns whether the item is stored. When a response was lost and
 * the SDK repeated the put, the condition of the second try fails although the first try wrote the item. Such
 * an item is recognized by its content, which DynamoDB returns free of charge with the failure
 * (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html).
 */
export async function putIf(table: Table, item: Item, condition: WriteCondition): Promise<boolean> {
  const command = new PutItemCommand({
    TableName: table.tableName,
    Item: item,
    ...condition,
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  const failure = await conditionFailureOf(table.client.send(command));
  if (failure === undefined) return true;
  return wasRetried(failure) && failure.Item !== undefined && sameItem(failure.Item, item);
}

/** Awaits a write and returns its condition failure, or undefined when it succeeded. */
export async function conditionFailureOf(
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

/** Whether the SDK tried more than once, so that an earlier try may have written. */
export function wasRetried(failure: ConditionalCheckFailedException): boolean {
  return (failure.$metadata.attempts ?? 1) > 1;
}

function sameItem(left: Item, right: Item): boolean {
  return contentOf(left) === contentOf(right);
}

/**
 * Returns a text that is the same for equal items of scalar attributes, regardless of their order and number
 * format.
 */
function contentOf(item: Item): string {
  const attributes = Object.entries(item).map(([name, { S, N, B, BOOL }]) => {
    const number = N === undefined ? undefined : Number(N);
    const bytes = B === undefined ? undefined : Buffer.from(B).toString('base64url');
    return [name, [S, number, bytes, BOOL]] as const;
  });
  return JSON.stringify(attributes.sort(([left], [right]) => (left < right ? -1 : 1)));
}
