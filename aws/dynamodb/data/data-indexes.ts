import { type DataStatus, dataStatuses } from '../../../core/contract/schemas/data-schemas.ts';
import type { DataObject, DataOrigin } from '../../../core/data/model/data-object.ts';
import { type DueShard, dueShard, dueShards } from '../job-items/due-shard.ts';
import { jobIndexes } from '../job-items/job-indexes.ts';
import type { IdPartition } from '../lists/id-partition.ts';
import { number, presentAttributes, readText, text } from '../table/item-attributes.ts';
import type { Item } from '../table/table.ts';
import { tenantPartition } from '../table/table-keys.ts';
import { dataPrefix, dataTagPrefix, outputPrefix } from './data-keys.ts';

/**
 * The partitions of the index `due` with the data objects that the reconciler must check, and the tombstones
 * whose content it must remove again. The shards of jobs have other names.
 */
export const dueDataPartitions: readonly string[] = dueShards.map(dueDataPartition);

type OriginKind = DataOrigin['kind'];
const originKinds = ['upload', 'job'] as const satisfies readonly OriginKind[];

/**
 * Data objects use the indexes of jobs (job-indexes.ts) in partitions of their own. The second part of their
 * names is `data`, which is not a state of a job; a media type contains `/`, which no service name does.
 *
 * | index     | partition key                           | content                          |
 * |-----------|-----------------------------------------|----------------------------------|
 * | `due`     | `data#<shard>`                          | objects to check, and tombstones with content to remove |
 * | `live`    | `<tenant>#data#<status>#<origin>`       | all objects                      |
 * | `service` | `<tenant>#data#<media type>`            | all objects                      |
 */
export function dataIndexAttributes(data: DataObject): Item {
  const { tenant, status, origin, mediaType } = data;
  return {
    ...dueDataAttributes(data.id, data.nextCheckAt),
    ...presentAttributes({
      live: text(livePartition(tenant, status, origin.kind)),
      svc: text(mediaTypePrefix(tenant) + mediaType),
    }),
  };
}

/** The attributes by which the reconciler finds an object or a tombstone at a time, in epoch milliseconds. */
export function dueDataAttributes(dataId: string, dueAt: number | undefined): Item {
  return dueAt === undefined ? {} : { due: text(dueDataPartition(dueShard(dataId))), dueAt: number(dueAt) };
}

function dueDataPartition(shard: DueShard): string {
  return `data#${shard}`;
}

/** Reads the media type from an item's key in the index `service`. */
export function readMediaType(item: Item, tenant: string): string {
  return readText(item, 'svc').slice(mediaTypePrefix(tenant).length);
}

/** Returns the partitions of the objects with a status, an origin, or both. */
export function livePartitions(
  tenant: string,
  { status, origin }: { readonly status?: DataStatus | undefined; readonly origin?: OriginKind | undefined },
): readonly IdPartition[] {
  const statuses = status === undefined ? dataStatuses : [status];
  const origins = origin === undefined ? originKinds : [origin];
  return statuses.flatMap((one) =>
    origins.map((kind) => ({
      tenant,
      index: jobIndexes.live,
      partition: livePartition(tenant, one, kind),
      prefix: dataPrefix,
    })),
  );
}

/** Returns the partition of the objects with a media type. */
export function mediaTypePartition(tenant: string, mediaType: string): IdPartition {
  const partition = mediaTypePrefix(tenant) + mediaType;
  return { tenant, index: jobIndexes.service, partition, prefix: dataPrefix };
}

/** Returns the partition of the objects with a tag. */
export function dataTagPartition(tenant: string, tag: string): IdPartition {
  return { tenant, partition: tenantPartition(tenant), prefix: dataTagPrefix(tag) };
}

/** Returns the partition of the objects that a job wrote. */
export function outputPartition(tenant: string, jobId: string): IdPartition {
  return { tenant, partition: tenantPartition(tenant), prefix: outputPrefix(jobId), consistent: true };
}

function livePartition(tenant: string, status: DataStatus, origin: OriginKind): string {
  return `${tenant}#data#${status}#${origin}`;
}

function mediaTypePrefix(tenant: string): string {
  return `${tenant}#data#`;
}
