import type { StoredJson } from '../../../core/jobs/model/job.ts';
import { presentAttributes, presentMembers, readOptionalText, text } from '../table/item-attributes.ts';
import type { Item } from '../table/table.ts';

type StoredObject = StoredJson & { readonly kind: 'object' };

/**
 * Stores JSON text as `<name>`, or its location in the object store as `<name>o` and its media type as
 * `<name>m`.
 */
export function payloadAttributes(name: string, payload: StoredJson | undefined): Item {
  if (payload === undefined) return {};
  if (payload.kind === 'inline') return presentAttributes({ [name]: text(payload.json) });
  return presentAttributes({
    [`${name}o`]: text(`${payload.sizeBytes}#${payload.key}`),
    [`${name}m`]: text(payload.mediaType),
  });
}

/** Reads the attributes that `payloadAttributes` wrote; undefined when the item has neither. */
export function readPayload(item: Item, name: string): StoredJson | undefined {
  const json = readOptionalText(item, name);
  if (json !== undefined) return { kind: 'inline', json };
  const location = readOptionalText(item, `${name}o`);
  if (location === undefined) return undefined;
  const end = location.indexOf('#');
  return {
    kind: 'object',
    key: location.slice(end + 1),
    sizeBytes: Number(location.slice(0, end)),
    ...presentMembers<StoredObject>({ mediaType: readOptionalText(item, `${name}m`) }),
  };
}
