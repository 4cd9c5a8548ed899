import { AwsError } from '../aws-error.ts';
import type { StoredObject } from './object-store.ts';

type Headers = Readonly<Record<string, string>>;

/**
 * Returns a check of a write's `If-Match` and `If-None-Match` against the existing object. It throws
 * `AwsError` `PreconditionFailed` (412), or `NoSuchKey` for an `If-Match` without an existing object.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export function permitWrite(headers: Headers): (present: StoredObject | undefined) => void {
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = headers;
  return (present) => {
    if (ifNoneMatch !== undefined && present !== undefined && namesEtag(ifNoneMatch, present.etag)) {
      throw preconditionFailed('If-None-Match');
    }
    if (ifMatch === undefined) return;
    if (present === undefined) throw noSuchKey();
    if (!namesEtag(ifMatch, present.etag)) throw preconditionFailed('If-Match');
  };
}

/**
 * Checks a read's conditions; `not-modified` requires a 304 response. Throws `AwsError` `PreconditionFailed`.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-reads.html
 */
export function readCondition(headers: Headers, object: StoredObject): 'send' | 'not-modified' {
  const modifiedAt = Math.floor(object.modifiedAt / 1000) * 1000;
  const ifMatch = headers['if-match'];
  const since = Date.parse(headers['if-unmodified-since'] ?? '');
  if (ifMatch !== undefined && !namesEtag(ifMatch, object.etag)) throw preconditionFailed('If-Match');
  if (ifMatch === undefined && modifiedAt > since) throw preconditionFailed('If-Unmodified-Since');
  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch !== undefined) return namesEtag(ifNoneMatch, object.etag) ? 'not-modified' : 'send';
  return modifiedAt <= Date.parse(headers['if-modified-since'] ?? '') ? 'not-modified' : 'send';
}

/** Creates the error for a key without an object. */
export function noSuchKey(): AwsError {
  return new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
}

function namesEtag(list: string, etag: string): boolean {
  const names = list.split(',').map((name) => name.trim().replace(/^W\//, '').replaceAll('"', ''));
  return names.includes('*') || names.includes(etag);
}

function preconditionFailed(condition: string): AwsError {
  return new AwsError(
    'PreconditionFailed',
    `At least one of the pre-conditions you specified did not hold: ${condition}`,
    412,
  );
}
