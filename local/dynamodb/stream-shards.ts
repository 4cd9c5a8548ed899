import { isRecord, listOf } from '../json.ts';
import type { EngineClient } from './engine-client.ts';
import type { StreamPosition } from './stream-position.ts';

/** A shard of a stream. Records of a parent precede those of its children. */
export interface Shard {
  readonly id: string;
  readonly parentId: string | undefined;
}

/** Lists all shards of a stream. */
export async function listShards(engine: EngineClient, engineArn: string): Promise<readonly Shard[]> {
  const shards: Shard[] = [];
  let lastId: unknown;
  do {
    const start = lastId === undefined ? {} : { ExclusiveStartShardId: lastId };
    const { StreamDescription: description } = await engine.call('DescribeStream', {
      StreamArn: engineArn,
      ...start,
    });
    if (!isRecord(description)) break;
    for (const shard of listOf(description['Shards']).filter(isRecord)) {
      const parent = shard['ParentShardId'];
      shards.push({
        id: String(shard['ShardId']),
        parentId: parent === undefined ? undefined : String(parent),
      });
    }
    lastId = description['LastEvaluatedShardId'];
  } while (lastId !== undefined);
  return shards;
}

/**
 * Returns the shards that can be read: they have not been read to their end, and their parent, if it still
 * exists, has.
 */
export function readableShards(shards: readonly Shard[], position: StreamPosition): readonly Shard[] {
  const ids = new Set(shards.map((shard) => shard.id));
  const isEnded = (id: string) => position.get(id)?.isEnded === true;
  return shards.filter(
    ({ id, parentId }) => !isEnded(id) && (parentId === undefined || !ids.has(parentId) || isEnded(parentId)),
  );
}
