import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { ServicePage, ServiceStore } from '../../core/ports/service-store.ts';
import { definitionDigest } from '../../core/services/model/definition-digest.ts';
import { queryServices } from './query-services.ts';
import {
  definitionLength,
  fromItem,
  headAttributes,
  headFromItem,
  readDefinition,
  toItem,
} from './service-item.ts';
import { itemNotExists, putIf, versionEquals } from './table/conditional-write.ts';
import { deleteIf } from './table/delete-if.ts';
import type { Item, Table } from './table/table.ts';
import { definitionItemKey, readServiceKey, serviceItemKey } from './table/table-keys.ts';

const maxNames = 1000;
/**
 * A page of the list ends after this many characters of definitions: a single definition may have 270,000.
 */
const maxPageCharacters = 4_000_000;

/**
 * Stores service versions in DynamoDB. `get` and `versions` are strongly consistent, so that a version can be
 * used as soon as it is registered; `list` and `names` are eventually consistent, at half the price.
 */
export function dynamoServiceStore(table: Table): ServiceStore {
  return {
    async get({ tenant, name, version }) {
      const item = await getConsistently(table, serviceItemKey(tenant, name, version));
      return item && fromItem(item);
    },
    async versions(tenant, name) {
      const items = queryServices(table, { tenant, name, consistent: true, attributes: headAttributes });
      return (await Array.fromAsync(items)).map(headFromItem);
    },
    list: (query) => listServices(table, query),
    names: (tenant) => listNames(table, tenant),
    async insert(service) {
      return (await putIf(table, toItem(service), itemNotExists)) ? 'inserted' : 'exists';
    },
    async replace(service, expectedRevision) {
      return (await putIf(table, toItem(service), versionEquals('rv', expectedRevision)))
        ? 'replaced'
        : 'conflict';
    },
    async keepDefinition(service) {
      const key = definitionItemKey(service, definitionDigest(service.definition));
      await putIf(table, { ...toItem(service), ...key }, itemNotExists);
    },
    async replacedDefinition(key, definitionDigest) {
      const item = await getConsistently(table, definitionItemKey(key, definitionDigest));
      return item && readDefinition(item);
    },
    async remove({ tenant, name, version }, expectedRevision) {
      const key = serviceItemKey(tenant, name, version);
      return (await deleteIf(table, key, versionEquals('rv', expectedRevision))) ? 'removed' : 'conflict';
    },
  };
}

async function getConsistently(table: Table, key: Item): Promise<Item | undefined> {
  const command = new GetItemCommand({ TableName: table.tableName, Key: key, ConsistentRead: true });
  return (await table.client.send(command)).Item;
}

/** Reads one more than `limit`, to detect the last page. */
async function listServices(
  table: Table,
  { limit, ...position }: Parameters<ServiceStore['list']>[0],
): Promise<ServicePage> {
  const services = [];
  let charactersLeft = maxPageCharacters;
  const query = { ...position, pageSize: limit + 1, consistent: position.name !== undefined };
  for await (const item of queryServices(table, query)) {
    const last = services.at(-1);
    if (last !== undefined && (services.length === limit || charactersLeft < 0)) {
      return { services, nextAfter: { name: last.name, version: last.version } };
    }
    services.push(fromItem(item));
    charactersLeft -= definitionLength(item);
  }
  return { services };
}

/** Only the keys are transferred, but DynamoDB charges for the whole items. */
async function listNames(table: Table, tenant: string): Promise<readonly string[]> {
  const names = new Set<string>();
  for await (const item of queryServices(table, { tenant, attributes: ['pk', 'sk'] })) {
    names.add(readServiceKey(item).name);
    if (names.size === maxNames) break;
  }
  return [...names];
}
