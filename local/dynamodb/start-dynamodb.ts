import { join } from 'node:path';
import type { AwsService, CloudModel, Part } from '../cloud.ts';
import { dynamoDbService } from './dynamodb-service.ts';
import { engineBinary } from './engine-binary.ts';
import { type EngineClient, engineClient } from './engine-client.ts';
import { type TableNames, tableNames } from './engine-names.ts';
import { type EngineProcess, startEngineProcess } from './engine-process.ts';
import { openExpiredItems } from './expired-items.ts';
import { expiryAttributes, startExpirySweep } from './expiry-sweep.ts';
import { provisionTables } from './provision-tables.ts';
import { type StreamReader, streamReader } from './stream-reader.ts';
import { indexStreamRecords } from './stream-records-index.ts';
import { type StreamTrimmer, startStreamTrimmer } from './stream-trimmer.ts';
import { type WriteNotices, writeNotices } from './write-notices.ts';

/** Options of DynamoDB. */
export interface DynamoDbOptions {
  readonly model: CloudModel;
  /** Root of the data folder; tables are in `dynamodb/` below it. */
  readonly dataDirectory: string;
  /**
   * Address of another DynamoDB-compatible server (see `ENDPOINT_VARIABLE`); if absent, the runtime starts
   * its own engine.
   */
  readonly endpoint?: string;
  /** Called if the engine ends unexpectedly, and for failures of background work. */
  readonly onFailure?: (error: unknown) => void;
  readonly expirySweepIntervalMs?: number;
}

/** The running tables and their streams. */
export interface DynamoDb extends Part, StreamReader {
  readonly service: AwsService;
  readonly onWrite: WriteNotices['onWrite'];
  /** Reports a write that did not pass `service`. */
  readonly notify: WriteNotices['notify'];
  /** Address of the engine and its names, for callers that check permissions themselves. */
  readonly engine: { readonly url: string; readonly tables: readonly TableNames[] };
  /** Process id of the engine; undefined if the caller gave an endpoint. */
  readonly enginePid: number | undefined;
}

/**
 * Starts the engine, updates the tables to the template and opens the service. Throws, with nothing left
 * running, if the engine cannot start or a table on disk does not match the template. An external server does
 * its own expiry and trimming.
 */
export async function startDynamoDb(options: DynamoDbOptions): Promise<DynamoDb> {
  const directory = join(options.dataDirectory, 'dynamodb');
  const process =
    options.endpoint === undefined ? await startEngineProcess(engineBinary(), directory) : undefined;
  const engine = engineClient(process?.endpoint ?? options.endpoint ?? '');
  try {
    await provisionTables(options.model, engine);
    if (process !== undefined) indexStreamRecords(process.databaseFile);
    return await open({ ...options, directory, engine, process });
  } catch (error) {
    engine.close();
    await process?.stop();
    throw error;
  }
}

interface Opened extends DynamoDbOptions {
  readonly directory: string;
  readonly engine: EngineClient;
  readonly process: EngineProcess | undefined;
}

async function open(opened: Opened): Promise<DynamoDb> {
  const { model, engine, process, onFailure = () => {} } = opened;
  const tables = await tableNames(model, engine);
  const notices = writeNotices();
  const keeping = process && keepTidy(opened, { tables, notices, databaseFile: process.databaseFile });
  const reader = streamReader({ model, engine, tables, ...(keeping ? { expired: keeping.expired } : {}) });
  let isStopping = false;
  void process?.ended.then(() => {
    if (!isStopping) onFailure(new Error('the DynamoDB engine ended unexpectedly'));
  });
  return {
    service: dynamoDbService({ model, engine, tables, notify: notices.notify }),
    onWrite: notices.onWrite,
    notify: notices.notify,
    engine: { url: process?.endpoint ?? opened.endpoint ?? '', tables },
    enginePid: process?.pid,
    latestPosition: reader.latestPosition,
    readStream(request) {
      if (request.after !== undefined) keeping?.trimmer.consumed(request.streamArn, request.after);
      return reader.readStream(request);
    },
    async stop() {
      isStopping = true;
      await keeping?.stop();
      engine.close();
      await process?.stop();
    },
  };
}

interface Tidying {
  readonly tables: Awaited<ReturnType<typeof tableNames>>;
  readonly notices: WriteNotices;
  readonly databaseFile: string;
}

function keepTidy(opened: Opened, tidying: Tidying) {
  const { model, engine, onFailure = () => {}, expirySweepIntervalMs: interval } = opened;
  const expired = openExpiredItems(opened.directory, expiryAttributes(model));
  const trimmer: StreamTrimmer = startStreamTrimmer({ ...tidying, onFailure });
  const streams = new Map(tidying.tables.map(({ name, stream }) => [name, stream?.arn]));
  const sweep = startExpirySweep({
    model,
    engine,
    expired,
    onFailure,
    onDeleted(tableName) {
      const streamArn = streams.get(tableName);
      if (streamArn !== undefined) tidying.notices.notify(streamArn);
    },
    ...(interval === undefined ? {} : { intervalMs: interval }),
  });
  return {
    expired,
    trimmer,
    async stop() {
      await Promise.all([sweep.stop(), trimmer.stop()]);
      expired.close();
    },
  };
}
