/**
 * Into how many partitions the `due` index is cut, so that no single one takes all writes: a partition takes
 * 1,000 write units a second (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html).
 */
export const dueShards = ['0', '1', '2', '3', '4', '5', '6', '7'] as const;

export type DueShard = (typeof dueShards)[number];

/** The shard of a job, by an FNV-1a hash of its id; it never changes. */
export function dueShard(jobId: string): DueShard {
  let hash = 0x811c9dc5;
  for (let index = 0; index < jobId.length; index += 1) {
    hash = Math.imul(hash ^ jobId.charCodeAt(index), 0x01000193);
  }
  // The remainder of a division by 8 is always an index of the list.
  return String((hash >>> 0) % dueShards.length) as DueShard;
}
