import type { ApiKey } from '../../core/access/model/api-key.ts';
import { type Scope, scopes } from '../../core/contract/routes/route.ts';
import {
  checkLayoutVersion,
  number,
  presentAttributes,
  readNumber,
  readText,
  text,
} from './table/item-attributes.ts';
import type { Item } from './table/table.ts';
import { apiKeyItemKey } from './table/table-keys.ts';
import { UnreadableItemError } from './table/unreadable-item-error.ts';

/** The layout version of the key items that this release writes and reads. */
const layoutVersion = 1;

/**
 * Converts the properties of an API key to an item under the hash of the key. The key itself is never stored.
 *
 * | name | type | content |
 * |------|------|-------|
 * | `pk` `sk` | S | hash (table-keys.ts) |
 * | `z` | N | layout of the item |
 * | `tn` | S | tenant |
 * | `pr` | S | principal |
 * | `sc` | S | scopes, separated by spaces |
 * | `ka` | N | createdAt |
 */
export function toItem(hash: string, key: ApiKey): Item {
  return {
    ...apiKeyItemKey(hash),
    ...presentAttributes({
      z: number(layoutVersion),
      tn: text(key.tenant),
      pr: text(key.principal),
      sc: text(key.scopes.join(' ')),
      ka: number(key.createdAt),
    }),
  };
}

/** Reads an item that `toItem` wrote; throws `UnreadableItemError` for another layout or an unknown scope. */
export function fromItem(item: Item): ApiKey {
  checkLayoutVersion(item, layoutVersion);
  return {
    tenant: readText(item, 'tn'),
    principal: readText(item, 'pr'),
    scopes: readText(item, 'sc')
      .split(' ')
      .filter((scope) => scope !== '')
      .map((scope) => readScope(item, scope)),
    createdAt: readNumber(item, 'ka'),
  };
}

function readScope(item: Item, name: string): Scope {
  const scope = scopes.find((candidate) => candidate === name);
  if (scope === undefined) throw new UnreadableItemError(item, `has the unknown scope "${name}"`);
  return scope;
}
