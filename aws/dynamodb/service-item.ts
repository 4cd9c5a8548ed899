import type { VersionHead } from '../../core/ports/service-store.ts';
import type { Service } from '../../core/services/model/service.ts';
import {
  checkLayoutVersion,
  jsonText,
  number,
  presentAttributes,
  presentMembers,
  readNumber,
  readOptionalJson,
} from './table/item-attributes.ts';
import type { Item } from './table/table.ts';
import { readServiceKey, serviceItemKey } from './table/table-keys.ts';
import { UnreadableItemError } from './table/unreadable-item-error.ts';

/** The layout version of the service items that this release writes and reads. */
const layoutVersion = 1;

/**
 * Converts a service version to an item, which is in none of the indexes of jobs.
 *
 * | name | type | content | absent when |
 * |------|------|-------|-------------|
 * | `pk` `sk` | S | tenant, name and version (table-keys.ts) | |
 * | `z` | N | layout of the item | |
 * | `rv` | N | revision | |
 * | `df` | S | definition as JSON | |
 * | `dp` | S | deprecation as JSON | not deprecated |
 * | `us` | BOOL | used | no job has used it |
 * | `ka` `ua` | N | createdAt, updatedAt | |
 *
 * A definition that was replaced is stored in the same way under a key of its own.
 */
export function toItem(service: Service): Item {
  return {
    ...serviceItemKey(service.tenant, service.name, service.version),
    ...presentAttributes({
      z: number(layoutVersion),
      rv: number(service.revision),
      df: jsonText(service.definition),
      dp: jsonText(service.deprecation),
      us: service.used ? { BOOL: true } : undefined,
      ka: number(service.createdAt),
      ua: number(service.updatedAt),
    }),
  };
}

/** Reads an item that `toItem` wrote; throws `UnreadableItemError` for another layout. */
export function fromItem(item: Item): Service {
  return {
    ...readServiceKey(item),
    definition: readDefinition(item),
    ...readDeprecation(item),
    used: item['us']?.BOOL === true,
    revision: readNumber(item, 'rv'),
    createdAt: readNumber(item, 'ka'),
    updatedAt: readNumber(item, 'ua'),
  };
}

/** Reads only the definition of an item; throws `UnreadableItemError` for another layout. */
export function readDefinition(item: Item): Service['definition'] {
  checkLayoutVersion(item, layoutVersion);
  return readOptionalJson<Service['definition']>(item, 'df') ?? missingDefinition(item);
}

/** The attributes that `headFromItem` reads. */
export const headAttributes = ['pk', 'sk', 'z', 'dp'] as const;

/** Reads the name, version and deprecation of an item; throws `UnreadableItemError` for another layout. */
export function headFromItem(item: Item): VersionHead {
  checkLayoutVersion(item, layoutVersion);
  const { name, version } = readServiceKey(item);
  return { name, version, ...readDeprecation(item) };
}

/** Returns the number of characters of the definition as JSON. */
export function definitionLength(item: Item): number {
  return item['df']?.S?.length ?? 0;
}

function readDeprecation(item: Item): Pick<Service, 'deprecation'> {
  return presentMembers<Pick<Service, 'deprecation'>>({ deprecation: readOptionalJson(item, 'dp') });
}

function missingDefinition(item: Item): never {
  throw new UnreadableItemError(item, 'lacks its definition (df)');
}
