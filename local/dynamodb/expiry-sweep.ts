import { setTimeout as delay } from 'node:timers/promises';
import type { CloudModel, Part, Resource } from '../cloud.ts';
import { isRecord, type JsonRecord, listOf } from '../json.ts';
import { type EngineClient, EngineError } from './engine-client.ts';
import type { ExpiredItems } from './expired-items.ts';

/** Options of the expiry sweep. */
export interface ExpirySweepOptions {
  readonly model: CloudModel;
  readonly engine: EngineClient;
  readonly expired: ExpiredItems;
  /** Called with the name of a table from which items were deleted. */
  readonly onDeleted: (tableName: string) => void;
  readonly onFailure: (error: unknown) => void;
  /** Time between sweeps; default 60,000. */
  readonly intervalMs?: number;
}

/** Pause between the pages of a scan, so that the sweep of a large table uses little capacity. */
const pagePauseMs = 200;

/** How long a deletion is remembered: longer than its stream record remains unread. */
const noteSeconds = 7 * 86_400;

/** Returns the name of the time-to-live attribute by table, for tables that have it enabled. */
export function expiryAttributes(model: CloudModel): ReadonlyMap<string, string> {
  return new Map(
    model.ofType('AWS::DynamoDB::Table').flatMap((table) => {
      const specification = table.properties['TimeToLiveSpecification'];
      if (!isRecord(specification) || specification['Enabled'] !== true) return [];
      return [[table.ref, String(specification['AttributeName'])] as const];
    }),
  );
}

/**
 * Periodically deletes expired items, as DynamoDB does within a few days of expiry. Tables without a
 * time-to-live attribute are not scanned. Without any such table, nothing runs.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
 */
export function startExpirySweep(options: ExpirySweepOptions): Part {
  const attributes = expiryAttributes(options.model);
  const stopping = new AbortController();
  const tables = options.model.ofType('AWS::DynamoDB::Table').filter((table) => attributes.has(table.ref));
  const running = tables.length === 0 ? Promise.resolve() : sweepUntilStopped();

  async function sweepUntilStopped(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await pause(options.intervalMs ?? 60_000, stopping.signal);
        for (const table of tables)
          await sweepTable(table, attributes.get(table.ref) ?? '', { ...options, signal: stopping.signal });
        options.expired.forgetBefore(Date.now() / 1000 - noteSeconds);
      } catch (error) {
        if (!stopping.signal.aborted) options.onFailure(error);
      }
    }
  }

  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

interface SweepOptions extends ExpirySweepOptions {
  readonly signal: AbortSignal;
}

async function sweepTable(table: Resource, attribute: string, options: SweepOptions): Promise<void> {
  const nowEpochSeconds = Math.floor(Date.now() / 1000);
  const scan = {
    TableName: table.ref,
    FilterExpression: '#t <= :now',
    ExpressionAttributeNames: { '#t': attribute },
    ExpressionAttributeValues: { ':now': { N: String(nowEpochSeconds) } },
  };
  let startKey: unknown;
  do {
    const page = await options.engine.call(
      'Scan',
      startKey === undefined ? scan : { ...scan, ExclusiveStartKey: startKey },
    );
    const items = listOf(page['Items']).filter(isRecord);
    for (const item of items) await deleteExpired(table, { item, attribute }, options);
    if (items.length > 0) options.onDeleted(table.ref);
    startKey = page['LastEvaluatedKey'];
    if (startKey !== undefined) await pause(pagePauseMs, options.signal);
  } while (startKey !== undefined && !options.signal.aborted);
}

interface Found {
  readonly item: JsonRecord;
  readonly attribute: string;
}

/** The item may have been given more time or deleted since it was read; then it is not deleted. */
async function deleteExpired(table: Resource, found: Found, options: SweepOptions): Promise<void> {
  const value = found.item[found.attribute];
  if (!isRecord(value) || value['N'] === undefined) return;
  const names = listOf(table.properties['KeySchema'])
    .filter(isRecord)
    .map((part) => String(part['AttributeName']));
  const key = Object.fromEntries(names.map((name) => [name, found.item[name]]));
  options.expired.note(table.ref, { key, expiresAtEpochSeconds: Number(value['N']) });
  try {
    await options.engine.call('DeleteItem', {
      TableName: table.ref,
      Key: key,
      ConditionExpression: '#t = :seen',
      ExpressionAttributeNames: { '#t': found.attribute },
      ExpressionAttributeValues: { ':seen': value },
    });
  } catch (error) {
    if (!(error instanceof EngineError && error.code === 'ConditionalCheckFailedException')) throw error;
  }
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal, ref: false }).catch(() => {});
}
