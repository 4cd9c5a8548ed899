import { type DataStatus, dataStatuses } from '../../../core/contract/schemas/data-schemas.ts';
import type { DataObject } from '../../../core/data/model/data-object.ts';
import {
  checkLayoutVersion,
  jsonText,
  number,
  presentAttributes,
  presentMembers,
  readNumber,
  readOptionalJson,
  readOptionalNumber,
  readOptionalText,
  readText,
  text,
} from '../table/item-attributes.ts';
import type { Item } from '../table/table.ts';
import { UnreadableItemError } from '../table/unreadable-item-error.ts';
import { dataIndexAttributes, readMediaType } from './data-indexes.ts';
import { dataItemKey, readDataKey } from './data-keys.ts';

/** The layout version of the items that this release writes and reads. */
const layoutVersion = 1;

/**
 * Converts a data object to an item. A typical item is smaller than 1,024 bytes, so that a write costs one
 * unit; the name alone may have 1,024 bytes.
 *
 * | name | type | content | absent when |
 * |------|------|---------|-------------|
 * | `pk` `sk` | S | tenant and ID (table-keys.ts) | |
 * | `z` | N | layout of the item | |
 * | `v` | N | version | |
 * | `st` | S | status | |
 * | `n` | S | name | |
 * | `svc` | S | tenant and media type, key of an index | |
 * | `sz` | N | size in bytes | it is not known yet |
 * | `ck` | S | checksums as JSON | the content is not available |
 * | `xs` | S | expected SHA-256 | none was announced |
 * | `tg` | S | tags as JSON | there are none |
 * | `og` | S | origin as JSON | |
 * | `ua` | N | updatedAt | |
 * | `ea` | N | expiresAt | not set |
 * | `up` | S | upload as JSON | it has ended |
 * | `dl` | S | deletion as JSON | none was requested |
 * | `due` `dueAt` `live` | S N S | keys of indexes (data-indexes.ts); `dueAt` is nextCheckAt | see there |
 */
export function toItem(data: DataObject): Item {
  return {
    ...dataItemKey({ tenant: data.tenant, dataId: data.id }),
    ...dataIndexAttributes(data),
    ...presentAttributes({
      z: number(layoutVersion),
      v: number(data.version),
      st: text(data.status),
      n: text(data.name),
      sz: number(data.sizeBytes),
      ck: jsonText(data.checksum),
      xs: text(data.expectedSha256),
      tg: data.tags.length === 0 ? undefined : jsonText(data.tags),
      og: jsonText(data.origin),
      ua: number(data.updatedAt),
      ea: number(data.expiresAt),
      up: jsonText(data.upload),
      dl: jsonText(data.deletion),
    }),
  };
}

/** Reads an item that `toItem` wrote; throws `UnreadableItemError` for another layout. */
export function fromItem(item: Item): DataObject {
  checkLayoutVersion(item, layoutVersion);
  const { tenant, dataId: id } = readDataKey(item);
  return {
    tenant,
    id,
    name: readText(item, 'n'),
    mediaType: readMediaType(item, tenant),
    status: readStatus(item),
    tags: readOptionalJson<DataObject['tags']>(item, 'tg') ?? [],
    origin: readOptionalJson<DataObject['origin']>(item, 'og') ?? missingOrigin(item),
    updatedAt: readNumber(item, 'ua'),
    version: readNumber(item, 'v'),
    ...presentMembers<DataObject>({
      sizeBytes: readOptionalNumber(item, 'sz'),
      checksum: readOptionalJson(item, 'ck'),
      expectedSha256: readOptionalText(item, 'xs'),
      expiresAt: readOptionalNumber(item, 'ea'),
      nextCheckAt: readOptionalNumber(item, 'dueAt'),
      upload: readOptionalJson(item, 'up'),
      deletion: readOptionalJson(item, 'dl'),
    }),
  };
}

function readStatus(item: Item): DataStatus {
  const stored = readText(item, 'st');
  const status = dataStatuses.find((one) => one === stored);
  if (status === undefined) throw new UnreadableItemError(item, `has the unknown status "${stored}"`);
  return status;
}

function missingOrigin(item: Item): never {
  throw new UnreadableItemError(item, 'lacks its origin (og)');
}
