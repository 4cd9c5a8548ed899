import type { StoredJson } from '../../../core/jobs/model/job.ts';
import { optional, presentAttributes, readOptionalText, text } from '../table/item-attributes.ts';
import type { Item } from '../table/table.ts';

/** JSON text as the attribute `<name>`, or where it is in the object store as `<name>o`, with its type as `<name>m`. */
export function payloadAttributes(name: string, payload: StoredJson | undefined): Item {
  if (payload === undefined) return {};
  if (payload.kind === 'inline') return presentAttributes({ [name]: text(payload.json) });
  return presentAttributes({
    [`${name}o`]: text(`${payload.sizeBytes}#${payload.key}`),
    [`${name}m`]: text(payload.mediaType),
  });
}

/** Reads what `payloadAttributes` wrote; undefined when there is neither attribute. */
export function readPayload(item: Item, name: string): StoredJson | undefined {
  const json = readOptionalText(item, name);
  if (json !== undefined) return { kind: 'inline', json };
  const place = readOptionalText(item, `${name}o`);
  if (place === undefined) return undefined;
  const end = place.indexOf('#');
  return {
    kind: 'object',
    key: place.slice(end + 1),
    sizeBytes: Number(place.slice(0, end)),
    ...optional('mediaType', readOptionalText(item, `${name}m`)),
  };
}
