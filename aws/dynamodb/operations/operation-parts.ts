import { GetItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Refusal } from '../../../core/operations/model/operation.ts';
import type {
  JobIdChunk,
  OperationKey,
  PartResult,
  RefusalPage,
} from '../../../core/ports/operations/operation-store.ts';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import { conditionFailureOf } from '../table/conditional-write.ts';
import { number, readNumber, readOptionalJson, readText } from '../table/item-attributes.ts';
import type { Item, Table } from '../table/table.ts';
import { tenantPartition } from '../table/table-keys.ts';
import { UnreadableItemError } from '../table/unreadable-item-error.ts';
import { chunkItemKey, refusalsItemKey, refusalsPrefix } from './operation-keys.ts';

/** An ID without its hyphens, as bytes. */
const idBytes = 16;

/**
 * Stores the IDs of a chunk as bytes: 500 IDs take 8 write units.
 *
 * | name | type | content |
 * |------|------|---------|
 * | `pk` `sk` | S | tenant, operation and number (operation-keys.ts) |
 * | `l` | N | lease of the process that wrote the part |
 * | `ids` | B | 16 bytes of each ID |
 * | `ttl` | N | when the item expires, in epoch seconds |
 */
export function putChunk(table: Table, key: OperationKey, chunk: JobIdChunk): Promise<PartResult> {
  const bytes = Buffer.concat(chunk.jobIds.map((id) => Buffer.from(id.replaceAll('-', ''), 'hex')));
  return putPart(table, { ...chunkItemKey(key, chunk.number), ids: { B: bytes } }, chunk);
}

/** Reads the IDs of a chunk; undefined if it does not exist. */
export async function getChunk(
  table: Table,
  key: OperationKey,
  chunkNumber: number,
): Promise<readonly string[] | undefined> {
  const command = new GetItemCommand({
    TableName: table.tableName,
    Key: chunkItemKey(key, chunkNumber),
    ConsistentRead: true,
  });
  const { Item: item } = await table.client.send(command);
  if (item === undefined) return undefined;
  const bytes = item['ids']?.B;
  if (bytes === undefined) throw new UnreadableItemError(item, 'lacks its IDs (ids)');
  return Array.from({ length: bytes.length / idBytes }, (_, index) =>
    idOf(Buffer.from(bytes.subarray(index * idBytes, (index + 1) * idBytes)).toString('hex')),
  );
}

function idOf(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/**
 * Stores a page of refusals.
 *
 * | name | type | content |
 * |------|------|---------|
 * | `pk` `sk` | S | tenant, operation and position (operation-keys.ts) |
 * | `l` | N | lease of the process that wrote the part |
 * | `r` | S | JSON of the refusals |
 * | `ttl` | N | when the item expires, in epoch seconds |
 */
export function putRefusals(table: Table, key: OperationKey, page: RefusalPage): Promise<PartResult> {
  const item = { ...refusalsItemKey(key, page.position), r: { S: JSON.stringify(page.refusals) } };
  return putPart(table, item, page);
}

/** Reads pages of refusals in the order of their positions, at most `limit`. */
export async function listRefusals(
  table: Table,
  key: OperationKey,
  { from, limit }: { readonly from: number; readonly limit: number },
): Promise<readonly RefusalPage[]> {
  const pages: RefusalPage[] = [];
  let startKey: Item | undefined;
  do {
    const { Items: items = [], LastEvaluatedKey: last } = await table.client.send(
      new QueryCommand({
        TableName: table.tableName,
        KeyConditionExpression: 'pk = :tenant AND sk BETWEEN :from AND :end',
        ExpressionAttributeValues: {
          ':tenant': { S: tenantPartition(key.tenant) },
          ':from': refusalsItemKey(key, from)['sk'] ?? { S: '' },
          ':end': { S: `${refusalsPrefix(key)}:` }, // the character after 9
        },
        ConsistentRead: true,
        Limit: limit - pages.length,
        ...omitUndefined({ ExclusiveStartKey: startKey }),
      }),
    );
    pages.push(...items.map(readPage));
    startKey = last;
  } while (startKey !== undefined && pages.length < limit);
  return pages;
}

function readPage(item: Item): RefusalPage {
  const refusals = readOptionalJson<readonly Refusal[]>(item, 'r');
  if (refusals === undefined) throw new UnreadableItemError(item, 'lacks its refusals (r)');
  const position = Number(readText(item, 'sk').split('#')[2]);
  return { position, refusals, lease: readNumber(item, 'l'), expiresAt: readNumber(item, 'ttl') * 1000 };
}

/** A repeated put of the same process succeeds, because its lease is not lower than its own. */
async function putPart(
  { client, tableName }: Table,
  item: Item,
  { lease, expiresAt }: { readonly lease: number; readonly expiresAt: number },
): Promise<PartResult> {
  const command = new PutItemCommand({
    TableName: tableName,
    Item: { ...item, l: number(lease), ttl: number(Math.ceil(expiresAt / 1000)) },
    ConditionExpression: 'attribute_not_exists(pk) OR #lease <= :lease',
    ExpressionAttributeNames: { '#lease': 'l' },
    ExpressionAttributeValues: { ':lease': number(lease) },
  });
  return (await conditionFailureOf(client.send(command))) === undefined ? 'stored' : 'superseded';
}
