import type { S3Client } from '@aws-sdk/client-s3';
import type { DynamoDBRecord } from 'aws-lambda';
import type {
  KeptBatch,
  ListedBatch,
  UnpublishedChange,
  UnpublishedChanges,
} from '../../core/ports/events/unpublished-changes.ts';
import { asError } from '../../core/std/as-error.ts';
import { omitUndefined } from '../../core/std/omit-undefined.ts';
import type { LazyS3Client } from '../clients/s3-client.ts';
import { readJobChange } from '../dynamodb/job-items/job-change.ts';

/**
 * Reads the batches that Lambda stored as the failure destination of the stream's mapping. An object contains the record of the
 * invocation, whose `payload` is the JSON of the function's event
 * (https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html). Its key contains the shard, then the time in seconds
 * and a random UUID; the ID of a shard begins with the time of its creation.
 */
export function s3UnpublishedChanges(deps: {
  readonly client: LazyS3Client;
  readonly bucketName: string;
}): UnpublishedChanges {
  const { client, bucketName: Bucket } = deps;
  return {
    async list({ after, limit }) {
      const { ListObjectsV2Command } = await import('@aws-sdk/client-s3');
      const command = new ListObjectsV2Command({
        Bucket,
        MaxKeys: limit,
        ...omitUndefined({ StartAfter: after }),
      });
      const { Contents: objects = [] } = await (await client()).send(command);
      return objects.map(listedBatch);
    },
    async read(name) {
      const object = await readText(await client(), { Bucket, Key: name });
      return object && { name, tag: object.tag, ...readBatch(object.text) };
    },
    remove: async (batch, positions) => remove(await client(), Bucket, { batch, positions }),
  };
}

function listedBatch({
  Key: name = '',
  Size: sizeBytes = 0,
}: {
  readonly Key?: string | undefined;
  readonly Size?: number | undefined;
}): ListedBatch {
  const [group = name] = /^.*\d{4}-\d{2}-\d{2}T\d{2}\.\d{2}\.\d{2}(?=-)/.exec(name) ?? [];
  return { name, sizeBytes, group };
}

interface ObjectKey {
  readonly Bucket: string;
  readonly Key: string;
}

async function readText(
  s3: S3Client,
  key: ObjectKey,
): Promise<{ readonly text: string; readonly tag: string } | undefined> {
  const { GetObjectCommand, NoSuchKey } = await import('@aws-sdk/client-s3');
  try {
    const { Body: body, ETag: tag = '' } = await s3.send(new GetObjectCommand(key));
    return { text: (await body?.transformToString()) ?? '', tag };
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}

type InvocationRecord = Readonly<Record<string, unknown>> & { readonly payload: string };

function readBatch(text: string): Pick<KeptBatch, 'changes' | 'unreadable'> {
  const changes: UnpublishedChange[] = [];
  const unreadable: string[] = [];
  try {
    for (const record of recordsOf(JSON.parse(text)))
      try {
        changes.push(...[readJobChange(record) ?? []].flat());
      } catch (error) {
        unreadable.push(asError(error).message);
      }
  } catch (error) {
    unreadable.push(asError(error).message);
  }
  return { changes, unreadable };
}

/** The records of the stream. Throws if the object is not the record of an invocation. */
function recordsOf({ payload }: InvocationRecord): readonly DynamoDBRecord[] {
  if (typeof payload !== 'string') throw new Error('The object has no payload');
  const { Records: records } = JSON.parse(payload) as { readonly Records?: readonly DynamoDBRecord[] };
  if (!Array.isArray(records)) throw new Error('The payload has no records');
  return records;
}

interface Removal {
  readonly batch: KeptBatch;
  readonly positions: readonly string[];
}

async function remove(s3: S3Client, Bucket: string, { batch, positions }: Removal): Promise<void> {
  const { DeleteObjectCommand } = await import('@aws-sdk/client-s3');
  const key = { Bucket, Key: batch.name };
  if (positions.length === batch.changes.length && batch.unreadable.length === 0) {
    await s3.send(new DeleteObjectCommand(key));
    return;
  }
  const stored = await readText(s3, key);
  if (stored?.tag === batch.tag) await replace(s3, key, { ...stored, positions });
}

/** Stores what is left. A conditional write fails if another call was faster, which then decides. */
async function replace(
  s3: S3Client,
  key: ObjectKey,
  { text, tag, positions }: { readonly text: string; readonly tag: string } & Pick<Removal, 'positions'>,
): Promise<void> {
  const { PutObjectCommand } = await import('@aws-sdk/client-s3');
  const invocation: InvocationRecord = JSON.parse(text);
  const removed = new Set(positions);
  const records = recordsOf(invocation).filter(
    ({ dynamodb }) => !removed.has(dynamodb?.SequenceNumber ?? ''),
  );
  const body = JSON.stringify({ ...invocation, payload: JSON.stringify({ Records: records }) });
  try {
    await s3.send(
      new PutObjectCommand({ ...key, Body: body, ContentType: 'application/json', IfMatch: tag }),
    );
  } catch (error) {
    if (error instanceof Error && lostRace.has(error.name)) return;
    throw error;
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html */
const lostRace = new Set(['PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey']);
