import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { AccountLimits } from '../../core/ports/account-limits.ts';
import { checkLayoutVersion, number, readNumber } from './table/item-attributes.ts';
import type { Table } from './table/table.ts';
import { accountLimitItemKey } from './table/table-keys.ts';

/** Layout of the item. */
const layoutVersion = 1;

/**
 * Stores the account's limit in DynamoDB. Reads are eventually consistent.
 *
 * | name | type | content |
 * |------|------|-------|
 * | `z` | N | layout of the item |
 * | `n` | N | the account's unreserved concurrency |
 * | `at` | N | when it was read, in epoch milliseconds |
 */
export function dynamoAccountLimits({ client, tableName: TableName }: Table): AccountLimits {
  return {
    async read() {
      const { Item } = await client.send(new GetItemCommand({ TableName, Key: accountLimitItemKey() }));
      if (Item === undefined) return undefined;
      checkLayoutVersion(Item, layoutVersion);
      return { concurrency: readNumber(Item, 'n'), readAt: readNumber(Item, 'at') };
    },
    async write({ concurrency, readAt }) {
      const values = { z: number(layoutVersion), n: number(concurrency), at: number(readAt) };
      await client.send(new PutItemCommand({ TableName, Item: { ...accountLimitItemKey(), ...values } }));
    },
  };
}
