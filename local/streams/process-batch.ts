import { setTimeout as sleep } from 'node:timers/promises';
import type { Deliver, FunctionInvoker } from '../cloud.ts';
import type { FaultHook } from '../events/fault.ts';
import { type Discarded, failureDelivery } from './failure-record.ts';
import { type BatchOutcome, batchPayload, invokeBatch } from './invoke-batch.ts';
import type { StreamMapping } from './mapping.ts';
import { createdAtMs, type StreamRecord, sequenceOf } from './stream-record.ts';

/** A batch that is passed to the fault hook. */
export interface PassingBatch {
  readonly mapping: string;
  readonly records: readonly StreamRecord[];
}

/** Dependencies of the processing. */
export interface BatchDeps {
  readonly mapping: StreamMapping;
  readonly invoker: Pick<FunctionInvoker, 'invoke'>;
  readonly deliver: Deliver;
  readonly fault: FaultHook<PassingBatch>;
  /** Factor on the pauses between retries. */
  readonly retryScale: number;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
  /** Called with the last settled sequence number. A record is settled when it succeeded or was abandoned. */
  readonly settled: (sequence: string) => void;
}

/** A part of a batch that is not settled yet. */
interface Piece {
  readonly records: readonly StreamRecord[];
  /** Failures that count against the retry quota. */
  readonly failures: number;
  readonly invocations: number;
  /** Consecutive invocations without progress; they determine the pause. */
  readonly stalls: number;
}

const maxPayloadBytes = 6 * 1024 * 1024;
const retentionSeconds = 86_400;
const firstPauseMs = 200;
const maxPauseMs = 30_000;
const destinationTries = 3;

/**
 * Settles every record of a batch in order: each is processed or sent to the failure destination. Rejects
 * with an AbortError if it is stopped first; records that were settled until then have been reported.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export async function processBatch(records: readonly StreamRecord[], deps: BatchDeps): Promise<void> {
  const pieces: Piece[] = [{ records, failures: 0, invocations: 0, stalls: 0 }];
  for (let piece = pieces.shift(); piece !== undefined; piece = pieces.shift()) {
    deps.signal.throwIfAborted();
    pieces.unshift(...(await processPiece(piece, deps)));
  }
}

async function processPiece(piece: Piece, deps: BatchDeps): Promise<readonly Piece[]> {
  const expired = expiredCount(piece.records, deps.mapping);
  if (expired > 0) {
    await giveUp(
      piece.records.slice(0, expired),
      { condition: 'RecordAgeExceeded', invokeCount: piece.invocations },
      deps,
    );
    return restOf(piece, expired);
  }
  if (piece.records.length > 1 && Buffer.byteLength(batchPayload(piece.records)) > maxPayloadBytes)
    return halves(piece);
  const outcome = await invokeWithFaults(piece.records, deps);
  deps.signal.throwIfAborted();
  const tried = { ...piece, invocations: piece.invocations + (outcome.kind === 'unavailable' ? 0 : 1) };
  return afterOutcome(tried, outcome, deps);
}

async function afterOutcome(piece: Piece, outcome: BatchOutcome, deps: BatchDeps): Promise<readonly Piece[]> {
  switch (outcome.kind) {
    case 'succeeded':
      settle(piece.records, deps);
      return [];
    case 'partial': {
      settle(piece.records.slice(0, outcome.firstFailed), deps);
      // With bisection the batch is split at the reported record, and a split does not count against the
      // quota.
      const [rest] = restOf(piece, outcome.firstFailed);
      return rest === undefined ? [] : deps.mapping.bisects ? [{ ...rest, stalls: 0 }] : retry(rest, deps);
    }
    case 'failed':
      if (deps.mapping.bisects && piece.records.length > 1) return halves(piece);
      return retry(piece, deps);
    case 'unavailable':
      deps.log(
        `Event source mapping ${deps.mapping.key} could not invoke ${deps.mapping.functionArn}: ${outcome.why}`,
      );
      await pauseBefore(piece, deps);
      return [{ ...piece, stalls: piece.stalls + 1 }];
  }
}

async function retry(piece: Piece, deps: BatchDeps): Promise<readonly Piece[]> {
  const { maximumRetries } = deps.mapping;
  if (maximumRetries >= 0 && piece.failures >= maximumRetries) {
    await giveUp(
      piece.records,
      { condition: 'RetryAttemptsExhausted', invokeCount: piece.invocations },
      deps,
    );
    return [];
  }
  await pauseBefore(piece, deps);
  return [{ ...piece, failures: piece.failures + 1, stalls: piece.stalls + 1 }];
}

async function pauseBefore(piece: Piece, deps: BatchDeps): Promise<void> {
  const pauseMs = Math.min(firstPauseMs * 2 ** piece.stalls, maxPauseMs) * deps.retryScale;
  await sleep(pauseMs, undefined, { signal: deps.signal });
}

async function invokeWithFaults(records: readonly StreamRecord[], deps: BatchDeps): Promise<BatchOutcome> {
  const { invoker, mapping, signal } = deps;
  const fault = deps.fault({ mapping: mapping.key, records });
  if (fault?.kind === 'drop') return { kind: 'succeeded' };
  if (fault?.kind === 'delay') await sleep(fault.delayMs, undefined, { signal });
  if (fault?.kind === 'duplicate') await invokeBatch(invoker, mapping, records);
  if (fault?.kind !== 'reorder') return invokeBatch(invoker, mapping, records);
  const outcome = await invokeBatch(invoker, mapping, records.toReversed());
  // Positions in the reversed batch do not correspond to the order in the stream.
  return outcome.kind === 'partial' ? { kind: 'failed' } : outcome;
}

function expiredCount(records: readonly StreamRecord[], mapping: StreamMapping): number {
  const limitSeconds = mapping.maximumAgeSeconds < 0 ? retentionSeconds : mapping.maximumAgeSeconds;
  const oldestMs = Date.now() - limitSeconds * 1000;
  const firstFresh = records.findIndex((record) => createdAtMs(record) >= oldestMs);
  return firstFresh < 0 ? records.length : firstFresh;
}

function restOf(piece: Piece, from: number): readonly Piece[] {
  const records = piece.records.slice(from);
  return records.length === 0 ? [] : [{ ...piece, records }];
}

function halves(piece: Piece): readonly Piece[] {
  const middle = Math.ceil(piece.records.length / 2);
  return [
    { ...piece, records: piece.records.slice(0, middle) },
    { ...piece, records: piece.records.slice(middle) },
  ];
}

/**
 * Sends the records to the destination, with a few tries. A record that the destination does not accept is
 * lost, as on AWS, and the loss is logged.
 */
async function giveUp(
  records: readonly StreamRecord[],
  how: Omit<Discarded, 'records'>,
  deps: BatchDeps,
): Promise<void> {
  const { mapping, log, signal } = deps;
  log(`Event source mapping ${mapping.key} abandoned ${records.length} records: ${how.condition}`);
  if (mapping.failureArn !== undefined) {
    const delivery = failureDelivery(mapping, mapping.failureArn, { records, ...how });
    const principal = { kind: 'role', roleArn: mapping.roleArn, sessionName: mapping.uuid } as const;
    for (let tries = 1; tries <= destinationTries; tries += 1) {
      const failure = await deps.deliver({ ...delivery, principal }).then(() => undefined, String);
      signal.throwIfAborted();
      if (failure === undefined) break;
      log(
        `Event source mapping ${mapping.key}: failure destination ${mapping.failureArn} refused the record (try ${tries}): ${failure}`,
      );
      await sleep(firstPauseMs * tries * deps.retryScale, undefined, { signal });
    }
  }
  settle(records, deps);
}

function settle(records: readonly StreamRecord[], deps: BatchDeps): void {
  const last = records.at(-1);
  if (last !== undefined) deps.settled(sequenceOf(last));
}
