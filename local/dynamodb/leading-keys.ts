import type { CloudModel } from '../cloud.ts';
import { notDerivable } from '../iam/conditions.ts';
import { isRecord, type JsonRecord, listOf } from '../json.ts';

/** IAM context with partition key values; empty if the request has no key, as in a scan. */
export type LeadingKeys = Readonly<Record<string, readonly string[]>>;

const noLeadingKeys: LeadingKeys = {};
const conditionKey = 'dynamodb:LeadingKeys';

/** Derives partition key values from requests, for the `dynamodb:LeadingKeys` condition key. */
export interface LeadingKeyReader {
  /** Returns the keys of complete items or of `Key` members. */
  ofItems(tableName: string, items: readonly unknown[]): LeadingKeys;
  /** Returns the partition key of a Query. */
  ofQuery(input: JsonRecord): LeadingKeys;
}

/**
 * Reads the key names from the app's tables. A value that cannot be derived is marked so that no policy can
 * allow it. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
export function leadingKeyReader(model: CloudModel): LeadingKeyReader {
  const tables = new Map(model.ofType('AWS::DynamoDB::Table').map((table) => [table.ref, table.properties]));

  function ofItems(tableName: string, items: readonly unknown[]): LeadingKeys {
    const name = partitionKey(tables.get(tableName));
    if (name === undefined) return noLeadingKeys;
    return { [conditionKey]: items.map((item) => keyText(isRecord(item) ? item[name] : undefined)) };
  }

  function ofQuery(input: JsonRecord): LeadingKeys {
    const table = tables.get(String(input['TableName']));
    const indexes = [
      ...listOf(table?.['GlobalSecondaryIndexes']),
      ...listOf(table?.['LocalSecondaryIndexes']),
    ];
    const index = indexes.filter(isRecord).find((each) => each['IndexName'] === input['IndexName']);
    const name = partitionKey(input['IndexName'] === undefined ? table : index);
    return name === undefined ? noLeadingKeys : { [conditionKey]: [queriedKey(name, input)] };
  }

  return { ofItems, ofQuery };
}

function partitionKey(owner: JsonRecord | undefined): string | undefined {
  const part = listOf(owner?.['KeySchema']).find((each) => isRecord(each) && each['KeyType'] === 'HASH');
  return isRecord(part) ? String(part['AttributeName']) : undefined;
}

/** The condition on the partition key is always an equality with a placeholder. */
function queriedKey(name: string, input: JsonRecord): string {
  const names = isRecord(input['ExpressionAttributeNames']) ? input['ExpressionAttributeNames'] : {};
  const values = isRecord(input['ExpressionAttributeValues']) ? input['ExpressionAttributeValues'] : {};
  const expression = String(input['KeyConditionExpression'] ?? '');
  for (const [, left, right] of expression.matchAll(/([#\w.-]+)\s*=\s*(:\w+)/g)) {
    const attribute = left?.startsWith('#') ? names[left] : left;
    if (attribute === name && right !== undefined) return keyText(values[right]);
  }
  return notDerivable;
}

function keyText(value: unknown): string {
  const text = isRecord(value) ? (value['S'] ?? value['N'] ?? value['B']) : undefined;
  return typeof text === 'string' ? text : notDerivable;
}
