import type { Resource } from '../cloud.ts';
import { isRecord, listOf } from '../json.ts';
import type { StoredObject } from './object-store.ts';
import type { S3Context } from './s3-context.ts';

const dayMs = 24 * 60 * 60 * 1000;
const pageSize = 1000;

/** A rule of a bucket's lifecycle configuration, as far as it deletes something. */
export interface LifecycleRule {
  readonly bucket: string;
  readonly prefix: string;
  /** Only objects with more bytes expire. */
  readonly largerThanBytes: number;
  /** Only objects with fewer bytes expire. */
  readonly smallerThanBytes: number;
  readonly expireAfterDays?: number;
  readonly expireAt?: number;
  readonly abortUploadsAfterDays?: number;
}

/**
 * Reads the enabled rules of a bucket. A rule that selects objects by tags is left out, because objects have no tags here.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-rule.html
 */
export function lifecycleRules({ ref: bucket, properties }: Resource): readonly LifecycleRule[] {
  const configuration = properties['LifecycleConfiguration'];
  const rules = isRecord(configuration) ? listOf(configuration['Rules']).filter(isRecord) : [];
  return rules
    .filter((rule) => rule['Status'] === 'Enabled' && listOf(rule['TagFilters']).length === 0)
    .map((rule) => {
      const number = (name: string) => (rule[name] === undefined ? undefined : Number(rule[name]));
      const abort = rule['AbortIncompleteMultipartUpload'];
      const days = number('ExpirationInDays');
      const date = rule['ExpirationDate'];
      return {
        bucket,
        prefix: String(rule['Prefix'] ?? ''),
        largerThanBytes: number('ObjectSizeGreaterThan') ?? -1,
        smallerThanBytes: number('ObjectSizeLessThan') ?? Number.POSITIVE_INFINITY,
        ...(days === undefined ? {} : { expireAfterDays: days }),
        ...(date === undefined ? {} : { expireAt: Date.parse(String(date)) }),
        ...(isRecord(abort) ? { abortUploadsAfterDays: Number(abort['DaysAfterInitiation']) } : {}),
      };
    });
}

/**
 * Aborts the multipart uploads and deletes the objects whose time has come: the midnight UTC after the number of days.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
 */
export function applyLifecycle(rules: readonly LifecycleRule[], context: S3Context): void {
  for (const rule of rules) {
    abortUploads(rule, context);
    deleteExpired(rule, context);
  }
}

function abortUploads(rule: LifecycleRule, { uploads, completing, now }: S3Context): void {
  if (rule.abortUploadsAfterDays === undefined) return;
  const limit = startOfDay(now()) - rule.abortUploadsAfterDays * dayMs;
  for (const { uploadId, key } of uploads.initiatedBefore(rule.bucket, limit))
    if (key.startsWith(rule.prefix) && !completing.has(uploadId)) uploads.end(uploadId);
}

function deleteExpired(rule: LifecycleRule, { store, now }: S3Context): void {
  const writtenBefore = expiryLimit(rule, now());
  if (writtenBefore === undefined) return;
  for (const { key, sizeBytes, modifiedAt } of objectsOf(rule, store)) {
    const hasSize = sizeBytes > rule.largerThanBytes && sizeBytes < rule.smallerThanBytes;
    if (hasSize && modifiedAt < writtenBefore) store.remove(rule.bucket, key, () => {});
  }
}

/** Returns the time before which an object was written if it expires now. */
function expiryLimit({ expireAfterDays, expireAt }: LifecycleRule, time: number): number | undefined {
  if (expireAfterDays !== undefined) return startOfDay(time) - expireAfterDays * dayMs;
  return expireAt !== undefined && expireAt <= time ? Number.POSITIVE_INFINITY : undefined;
}

function startOfDay(time: number): number {
  return time - (time % dayMs);
}

function* objectsOf({ bucket, prefix }: LifecycleRule, store: S3Context['store']): Generator<StoredObject> {
  let after = '';
  for (;;) {
    const page = store.list({ bucket, prefix, after, limit: pageSize });
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.key;
  }
}
