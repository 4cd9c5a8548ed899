/**
 * The partitions of the `due` index. Several are needed because a partition is limited to 1,000 write units
 * per second (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html).
 */
export const dueShards = ['0', '1', '2', '3', '4', '5', '6', '7'] as const;

export type DueShard = (typeof dueShards)[number];

/** Returns the shard of a job, by an FNV-1a hash of its ID. It never changes. */
export function dueShard(jobId: string): DueShard {
  let hash = 0x811c9dc5;
  for (let index = 0; index < jobId.length; index += 1) {
    hash = Math.imul(hash ^ jobId.charCodeAt(index), 0x01000193);
  }
  // The remainder is always an index of the list.
  return String((hash >>> 0) % dueShards.length) as DueShard;
}
