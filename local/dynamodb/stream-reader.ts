import { createHash } from 'node:crypto';
import type { CloudModel } from '../cloud.ts';
import { isRecord, type JsonRecord, listOf } from '../json.ts';
import type { StreamRecord } from '../streams/stream-record.ts';
import { type EngineClient, EngineError } from './engine-client.ts';
import type { TableNames } from './engine-names.ts';
import type { ExpiredItems } from './expired-items.ts';
import { parsePosition, positionText, type StreamPosition } from './stream-position.ts';
import { listShards, readableShards, type Shard } from './stream-shards.ts';

/** Range of a stream to read. */
export interface ReadStreamRequest {
  readonly streamArn: string;
  /**
   * The `next` of an earlier result; if absent, reading starts at the oldest record. All records up to this
   * position count as consumed.
   */
  readonly after?: string;
  /** Maximum number of records; at most 1,000 are returned. */
  readonly limit: number;
}

/** Records in the format of a Lambda event. Records of the same item are in order. */
export interface StreamRecords {
  readonly records: readonly StreamRecord[];
  /** Position for the next read; equals `after` if there were no new records. */
  readonly next: string;
}

/** Reads the stream records of the app's tables. */
export interface StreamReader {
  /** Throws for a stream that is not in the app. */
  readStream(request: ReadStreamRequest): Promise<StreamRecords>;
  /** Returns the position after the newest record, for mappings that start at `LATEST`. */
  latestPosition(streamArn: string): Promise<string>;
}

/** Dependencies of a reader. */
export interface StreamReaderParts {
  readonly model: CloudModel;
  readonly engine: EngineClient;
  readonly tables: readonly TableNames[];
  readonly expired?: ExpiredItems;
}

const maxRecords = 1000;

/** Creates a reader. It caches only shard lists and iterators, which it can look up again. */
export function streamReader(parts: StreamReaderParts): StreamReader {
  const streams = new Map<string, StreamState>();
  for (const { name, stream } of parts.tables) {
    if (stream === undefined) continue;
    streams.set(stream.arn, {
      ...parts,
      tableName: name,
      streamArn: stream.arn,
      engineArn: stream.engineArn,
      shards: [],
      iterators: new Map(),
    });
  }

  async function readStream({ streamArn, after, limit }: ReadStreamRequest): Promise<StreamRecords> {
    const state = streams.get(streamArn);
    if (state === undefined) throw new Error(`the app has no stream with the ARN ${streamArn}`);
    const position = new Map(parsePosition(after));
    const records: StreamRecord[] = [];
    for (const shard of await shardsToRead(state, position)) {
      const room = Math.min(limit, maxRecords) - records.length;
      if (room <= 0) break;
      const page = await readShard(state, {
        shardId: shard.id,
        after: position.get(shard.id)?.sequence,
        limit: room,
      });
      records.push(...page.records.map((record) => lambdaRecord(record, state)));
      if (page.lastSequence !== undefined || page.isEnded) {
        position.set(shard.id, { sequence: page.lastSequence ?? '', isEnded: page.isEnded });
      }
    }
    return { records, next: positionText(position) };
  }

  async function latestPosition(streamArn: string): Promise<string> {
    let next = positionText(new Map());
    for (;;) {
      const page = await readStream({ streamArn, after: next, limit: maxRecords });
      if (page.next === next) return next;
      next = page.next;
    }
  }

  return { readStream, latestPosition };
}

interface StreamState extends StreamReaderParts {
  readonly tableName: string;
  readonly streamArn: string;
  readonly engineArn: string;
  shards: readonly Shard[];
  /** Iterators by shard and last sequence number, to save a request for an iterator at each read. */
  readonly iterators: Map<string, string>;
}

/** A shard that ended may have new children, so the list is read again when no known shard can be read. */
async function shardsToRead(state: StreamState, position: StreamPosition): Promise<readonly Shard[]> {
  const known = readableShards(state.shards, position);
  if (known.length > 0 && ![...position.values()].some(({ isEnded }) => isEnded)) return known;
  state.shards = await listShards(state.engine, state.engineArn);
  return readableShards(state.shards, position);
}

interface ShardRead {
  readonly shardId: string;
  readonly after: string | undefined;
  readonly limit: number;
}

interface ShardPage {
  readonly records: readonly JsonRecord[];
  readonly lastSequence: string | undefined;
  readonly isEnded: boolean;
}

async function readShard(state: StreamState, read: ShardRead): Promise<ShardPage> {
  const cacheKey = `${read.shardId} ${read.after ?? ''}`;
  const known = state.iterators.get(cacheKey);
  state.iterators.delete(cacheKey);
  const page =
    known === undefined ? undefined : await getRecords(state, known, read.limit).catch(nothingIfExpired);
  const { Records: list, NextShardIterator: following } =
    page ?? (await getRecords(state, await shardIterator(state, read), read.limit));
  const records = listOf(list).filter(isRecord);
  const lastSequence = records.length > 0 ? sequenceOf(records.at(-1)) : read.after;
  const isEnded = typeof following !== 'string';
  if (!isEnded) keepIterator(state, `${read.shardId} ${lastSequence ?? ''}`, following);
  return { records, lastSequence, isEnded };
}

function keepIterator(state: StreamState, cacheKey: string, iterator: string): void {
  if (state.iterators.size > 100) state.iterators.clear();
  state.iterators.set(cacheKey, iterator);
}

function getRecords(state: StreamState, iterator: string, limit: number): Promise<JsonRecord> {
  return state.engine.call('GetRecords', { ShardIterator: iterator, Limit: limit });
}

function nothingIfExpired(error: unknown): undefined {
  if (error instanceof EngineError && error.code === 'ExpiredIteratorException') return undefined;
  throw error;
}

async function shardIterator(state: StreamState, read: ShardRead): Promise<string> {
  const requestIterator = (kind: JsonRecord) =>
    state.engine.call('GetShardIterator', { StreamArn: state.engineArn, ShardId: read.shardId, ...kind });
  const fromStart = { ShardIteratorType: 'TRIM_HORIZON' };
  const kind = read.after
    ? { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: read.after }
    : fromStart;
  const output = await requestIterator(kind).catch((error: unknown) => {
    if (error instanceof EngineError && error.code === 'TrimmedDataAccessException')
      return requestIterator(fromStart);
    throw error;
  });
  return String(output['ShardIterator']);
}

function sequenceOf(record: JsonRecord | undefined): string {
  const change = record?.['dynamodb'];
  return isRecord(change) ? String(change['SequenceNumber']) : '';
}

/**
 * Returns the record in the format of a Lambda event. The record of an expiry has the identity that AWS sets:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
 */
function lambdaRecord(record: JsonRecord, state: StreamState): StreamRecord {
  const sequence = sequenceOf(record);
  const isExpiry =
    record['eventName'] === 'REMOVE' && state.expired?.isExpiry(state.tableName, record['dynamodb']) === true;
  const own: StreamRecord = record;
  return {
    ...own,
    eventID: createHash('md5').update(`${state.streamArn}/${sequence}`).digest('hex'),
    awsRegion: state.model.region,
    eventSource: 'aws:dynamodb',
    eventSourceARN: state.streamArn,
    ...(isExpiry ? { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } } : {}),
  };
}
