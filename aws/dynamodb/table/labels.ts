import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { conditionFailureOf, type WriteCondition } from './conditional-write.ts';
import { deleteIf } from './delete-if.ts';
import type { Table } from './table.ts';
import { labelItemKey } from './table-keys.ts';

/** The labels of one version of a record: the items by which lists find it. */
export interface Labels {
  readonly tenant: string;
  /** The version of the record. */
  readonly version: number;
  readonly sortKeys: readonly string[];
}

/**
 * Writes labels before the record that they belong to. The attribute `v` is the version of the record for
 * which a label was written, so that a late removal keeps a label of a newer version.
 */
export async function putLabels(table: Table, { tenant, version, sortKeys }: Labels): Promise<void> {
  await Promise.all(sortKeys.map((sortKey) => putLabel(table, { tenant, version, sortKey })));
}

/**
 * Removes labels after the record was written with this version. Failures are ignored: a superfluous label
 * only costs lists a read.
 */
export async function deleteLabels(table: Table, { tenant, version, sortKeys }: Labels): Promise<void> {
  await Promise.allSettled(
    sortKeys.map((sortKey) => deleteIf(table, labelItemKey(tenant, sortKey), olderThan(version))),
  );
}

interface Label {
  readonly tenant: string;
  readonly version: number;
  readonly sortKey: string;
}

async function putLabel(table: Table, { tenant, version, sortKey }: Label): Promise<void> {
  const command = new PutItemCommand({
    TableName: table.tableName,
    Item: { ...labelItemKey(tenant, sortKey), v: { N: String(version) } },
    ...olderThan(version),
  });
  // A label that a newer version wrote is kept.
  await conditionFailureOf(table.client.send(command));
}

function olderThan(version: number): WriteCondition {
  return {
    ConditionExpression: 'attribute_not_exists(pk) OR v < :version',
    ExpressionAttributeValues: { ':version': { N: String(version) } },
  };
}
