import { AwsError } from '../aws-error.ts';
import type { ObjectStore, StoredObject } from './object-store.ts';
import type { S3Handler } from './s3-context.ts';
import { type XmlElement, xmlResponse } from './xml-response.ts';

const maxListedKeys = 1000;

/**
 * ListObjectsV2: keys in UTF-8 order; keys with the same prefix up to the delimiter are grouped.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 */
export const listObjects: S3Handler = async ({ bucket, query }, _request, { store }) => {
  const token = query.get('continuation-token');
  const listing = {
    bucket,
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    after: token === null ? (query.get('start-after') ?? '') : decodeToken(token),
    limit: maxKeys(query.get('max-keys')),
  };
  const { entries, isTruncated } = collect(store, listing);
  const isEncoded = query.get('encoding-type') === 'url';
  const name = (key: string) => (isEncoded ? encodeURIComponent(key).replaceAll('%2F', '/') : key);
  const last = entries.at(-1);
  return xmlResponse('ListBucketResult', [
    ['Name', bucket],
    ['Prefix', name(listing.prefix)],
    ['Delimiter', listing.delimiter === '' ? undefined : name(listing.delimiter)],
    ['EncodingType', isEncoded ? 'url' : undefined],
    ['StartAfter', query.get('start-after') ?? undefined],
    ['ContinuationToken', token ?? undefined],
    ['NextContinuationToken', isTruncated && last ? encodeToken(last) : undefined],
    ['KeyCount', entries.length],
    ['MaxKeys', listing.limit],
    ['IsTruncated', isTruncated],
    ...entries.map((entry) => entryElement(entry, name)),
  ]);
};

/** An object, or the common prefix of keys up to the delimiter. */
type Entry = { readonly object: StoredObject } | { readonly commonPrefix: string };

interface Listing {
  readonly bucket: string;
  readonly prefix: string;
  readonly delimiter: string;
  readonly after: string;
  readonly limit: number;
}

function collect(store: ObjectStore, listing: Listing): { entries: readonly Entry[]; isTruncated: boolean } {
  const { bucket, prefix, delimiter, limit } = listing;
  const entries: Entry[] = [];
  let { after } = listing;
  for (;;) {
    const page = store.list({ bucket, prefix, after, limit: maxListedKeys });
    if (page.length === 0) return { entries, isTruncated: false };
    for (const object of page) {
      if (entries.length === limit) return { entries, isTruncated: limit > 0 };
      const end = delimiter === '' ? -1 : object.key.indexOf(delimiter, prefix.length);
      const commonPrefix = end < 0 ? undefined : object.key.slice(0, end + delimiter.length);
      entries.push(commonPrefix === undefined ? { object } : { commonPrefix });
      after = commonPrefix === undefined ? object.key : pastPrefix(commonPrefix);
      if (commonPrefix !== undefined) break;
    }
  }
}

/** Returns a string that sorts after every key with the prefix. */
function pastPrefix(prefix: string): string {
  return `${prefix}\u{10ffff}`;
}

function entryElement(entry: Entry, name: (key: string) => string): XmlElement {
  if ('commonPrefix' in entry) return ['CommonPrefixes', [['Prefix', name(entry.commonPrefix)]]];
  const { object } = entry;
  return [
    'Contents',
    [
      ['Key', name(object.key)],
      ['LastModified', new Date(object.modifiedAt).toISOString()],
      ['ETag', `"${object.etag}"`],
      ['Size', object.sizeBytes],
      ['StorageClass', 'STANDARD'],
    ],
  ];
}

function maxKeys(text: string | null): number {
  const requested = text === null ? maxListedKeys : Number(text);
  if (!Number.isInteger(requested) || requested < 0)
    throw new AwsError('InvalidArgument', 'max-keys must be a whole number');
  return Math.min(requested, maxListedKeys);
}

function encodeToken(entry: Entry): string {
  const after = 'commonPrefix' in entry ? pastPrefix(entry.commonPrefix) : entry.object.key;
  return Buffer.from(after).toString('base64url');
}

function decodeToken(token: string): string {
  return Buffer.from(token, 'base64url').toString();
}
