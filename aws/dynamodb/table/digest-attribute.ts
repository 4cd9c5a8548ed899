import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item } from './table.ts';

/** A base64url digest as its bytes, a quarter smaller; any other text stays as it is. Undefined leaves it out. */
export function digestAttribute(digest: string | undefined): AttributeValue | undefined {
  if (digest === undefined) return undefined;
  const bytes = Buffer.from(digest, 'base64url');
  return bytes.length > 0 && bytes.toString('base64url') === digest ? { B: bytes } : { S: digest };
}

/** Reads what `digestAttribute` wrote; undefined when there is no such attribute. */
export function readDigest(item: Item, name: string): string | undefined {
  const attribute = item[name];
  return attribute?.B === undefined ? attribute?.S : Buffer.from(attribute.B).toString('base64url');
}

/** Several base64url digests as their bytes, one behind the other; undefined and none leave it out. */
export function digestsAttribute(digests: readonly string[] | undefined): AttributeValue | undefined {
  return digests === undefined || digests.length === 0 ? undefined : digestAttribute(digests.join(''));
}

/** Reads what `digestsAttribute` wrote, of digests of so many characters each; undefined when there is no such attribute. */
export function readDigests(item: Item, name: string, length: number): readonly string[] | undefined {
  const joined = readDigest(item, name);
  return joined?.match(new RegExp(`.{${length}}`, 'g')) ?? undefined;
}
