import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item } from './table.ts';

/** Stores a base64url digest as bytes, which are a quarter smaller; any other text is stored as text. */
export function digestAttribute(digest: string | undefined): AttributeValue | undefined {
  if (digest === undefined) return undefined;
  const bytes = Buffer.from(digest, 'base64url');
  return bytes.length > 0 && bytes.toString('base64url') === digest ? { B: bytes } : { S: digest };
}

/** Reads an attribute that `digestAttribute` wrote; undefined when it is missing. */
export function readDigest(item: Item, name: string): string | undefined {
  const attribute = item[name];
  return attribute?.B === undefined ? attribute?.S : Buffer.from(attribute.B).toString('base64url');
}

/** Stores several base64url digests as their concatenated bytes; undefined for an empty or missing list. */
export function digestsAttribute(digests: readonly string[] | undefined): AttributeValue | undefined {
  return digests === undefined || digests.length === 0 ? undefined : digestAttribute(digests.join(''));
}

/**
 * Reads an attribute that `digestsAttribute` wrote, with `length` characters per digest; undefined when it is
 * missing.
 */
export function readDigests(item: Item, name: string, length: number): readonly string[] | undefined {
  const joined = readDigest(item, name);
  return joined?.match(new RegExp(`.{${length}}`, 'g')) ?? undefined;
}
