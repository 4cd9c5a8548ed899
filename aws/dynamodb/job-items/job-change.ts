import type { DynamoDBRecord } from 'aws-lambda';
import type { JobChange } from '../../../core/events/publish-events.ts';
import type { Job } from '../../../core/jobs/model/job.ts';
import type { Tombstone } from '../../../core/jobs/model/tombstone.ts';
import type { Item } from '../table/table.ts';
import { jobPrefix } from '../table/table-keys.ts';
import { fromItem } from './job-item.ts';
import { fromItem as fromTombstoneItem, isTombstone } from './tombstone-item.ts';

type Image = NonNullable<NonNullable<DynamoDBRecord['dynamodb']>['NewImage']>;

/** Reads the change of a job from a stream record; undefined for records of other items. */
export function readJobChange({ dynamodb }: DynamoDBRecord): JobChange | undefined {
  const position = dynamodb?.SequenceNumber;
  if (position === undefined || !dynamodb?.Keys?.['sk']?.S?.startsWith(jobPrefix)) return undefined;
  const before = readImage(dynamodb.OldImage);
  const after = readImage(dynamodb.NewImage);
  return {
    position,
    ...(before === undefined || 'deletedAt' in before ? {} : { before }),
    ...(after === undefined ? {} : 'deletedAt' in after ? { tombstone: after } : { after }),
  };
}

function readImage(image: Image | undefined): Job | Tombstone | undefined {
  if (image === undefined) return undefined;
  const item = toItem(image);
  return isTombstone(item) ? fromTombstoneItem(item) : fromItem(item);
}

/**
 * Converts an image, in which Lambda represents bytes as base64 text
 * (https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html).
 */
function toItem(image: Image): Item {
  const attributes = Object.entries(image).map(([name, value]) => [
    name,
    value.B === undefined ? value : { B: Buffer.from(String(value.B), 'base64') },
  ]);
  return Object.fromEntries(attributes) as Item; // the two types differ only in how bytes are written
}
