import type { ServiceKey } from '../../core/ports/service-store.ts';
import { definitionDigest } from '../../core/services/model/definition-digest.ts';
import type { Service } from '../../core/services/model/service.ts';
import {
  checkLayoutVersion,
  jsonText,
  number,
  presentAttributes,
  readOptionalJson,
} from './table/item-attributes.ts';
import type { Item } from './table/table.ts';
import { definitionItemKey } from './table/table-keys.ts';

/** The layout version of the items of replaced definitions. */
const layoutVersion = 1;

/**
 * Converts the definition of a version to an item that is found by its digest: `z` is the layout of the item (N), and
 * `df` the definition as JSON (S).
 */
export function toItem(service: ServiceKey & Pick<Service, 'definition'>): Item {
  return {
    ...definitionItemKey(service, definitionDigest(service.definition)),
    ...presentAttributes({ z: number(layoutVersion), df: jsonText(service.definition) }),
  };
}

/** Reads an item that `toItem` wrote; throws `UnreadableItemError` for another layout. */
export function fromItem(item: Item): Service['definition'] | undefined {
  checkLayoutVersion(item, layoutVersion);
  return readOptionalJson(item, 'df');
}
