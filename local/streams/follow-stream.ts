import type { StreamMapping } from './mapping.ts';
import type { PositionStore, StreamPosition } from './position-store.ts';
import { type BatchDeps, processBatch } from './process-batch.ts';
import { type ReadStream, type StreamRecord, sequenceOf } from './stream-record.ts';
import type { Waker } from './waker.ts';

/** Dependencies of a stream consumer. */
export interface FollowDeps {
  readonly mapping: StreamMapping;
  readonly readStream: ReadStream;
  readonly positions: PositionStore;
  readonly waker: Waker;
  /** Longest sleep without a signal; it limits the delay after a missed signal. */
  readonly pollMs: number;
  readonly signal: AbortSignal;
  readonly batch: Omit<BatchDeps, 'settled'>;
}

/** Records that were read and passed the filter, and the stream position after them. */
interface Gathered {
  readonly records: readonly StreamRecord[];
  readonly next: string;
}

/** Maximum number of records in one read of a stream. */
const maxRecordsPerRead = 1_000;

/**
 * Passes a stream's records on, one batch at a time, until it is stopped. The position advances only past
 * settled records, so a record may be delivered twice after a crash but is never skipped.
 */
export async function followStream(deps: FollowDeps): Promise<void> {
  let position = deps.positions.load(deps.mapping.key) ?? (await startingPosition(deps));
  while (!deps.signal.aborted) {
    const gathered = await gather(position, deps);
    if (deps.signal.aborted) return;
    if (gathered.records.length > 0) await settleAll(gathered.records, position, deps);
    if (gathered.next !== position.after || position.settled !== undefined) {
      position = { after: gathered.next };
      deps.positions.save(deps.mapping.key, position);
    }
  }
}

async function settleAll(
  records: readonly StreamRecord[],
  position: StreamPosition,
  deps: FollowDeps,
): Promise<void> {
  const settled = (sequence: string): void =>
    deps.positions.save(deps.mapping.key, { after: position.after, settled: sequence });
  await processBatch(records, { ...deps.batch, settled });
}

/** LATEST is the end of the stream when the mapping starts for the first time. */
async function startingPosition(deps: FollowDeps): Promise<StreamPosition> {
  let after = '';
  if (deps.mapping.startsAtLatest) {
    for (let more = true; more && !deps.signal.aborted; ) {
      const page = await read(after, maxRecordsPerRead, deps);
      more = page.records.length > 0;
      after = page.next;
    }
  }
  deps.positions.save(deps.mapping.key, { after });
  return { after };
}

/**
 * Reads until the batch is full or the window has passed since its first record; sleeps while there are no
 * records.
 */
async function gather(position: StreamPosition, deps: FollowDeps): Promise<Gathered> {
  const { mapping, waker, signal } = deps;
  let records: readonly StreamRecord[] = [];
  let next = position.after;
  let dueAtMs = Number.POSITIVE_INFINITY;
  while (!signal.aborted && records.length < mapping.batchSize) {
    waker.reset();
    const page = await read(next, Math.min(mapping.batchSize - records.length, maxRecordsPerRead), deps);
    const accepted = page.records.filter(
      (record) => isUnsettled(record, position) && mapping.accepts(record),
    );
    if (records.length === 0 && accepted.length > 0) dueAtMs = Date.now() + mapping.windowSeconds * 1000;
    records = [...records, ...accepted];
    const isAtEnd = page.records.length === 0 && page.next === next;
    next = page.next;
    const isWholeFilteredOut = records.length === 0 && page.records.length > 0;
    if (Date.now() >= dueAtMs || isWholeFilteredOut) break;
    if (isAtEnd) await waker.sleep(Math.min(deps.pollMs, dueAtMs - Date.now()));
  }
  return { records, next };
}

function isUnsettled(record: StreamRecord, position: StreamPosition): boolean {
  return position.settled === undefined || BigInt(sequenceOf(record)) > BigInt(position.settled);
}

function read(after: string, limit: number, deps: FollowDeps): ReturnType<ReadStream> {
  const { streamArn } = deps.mapping;
  return deps.readStream({ streamArn, limit, ...(after === '' ? {} : { after }) });
}
