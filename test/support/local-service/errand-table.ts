import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, type CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { dynamoClient } from '../../../aws/clients/dynamo-client.ts';
import { jobIndexes } from '../../../aws/dynamodb/job-items/job-indexes.ts';
import type { Table } from '../../../aws/dynamodb/table/table.ts';
import { engineBinary } from '../../../local/dynamodb/engine-binary.ts';
import { startEngineProcess } from '../../../local/dynamodb/engine-process.ts';

/** A DynamoDB engine of a test file; `stop` deletes everything it created. */
export interface TestEngine {
  readonly endpoint: string;
  /** A new, empty table with its own client. */
  makeTable(): Promise<Table>;
  stop(): Promise<void>;
}

/** Credentials that an engine without access control accepts. */
export const testCredentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** Starts the local DynamoDB engine in a separate directory. */
export async function startTestEngine(): Promise<TestEngine> {
  const directory = await mkdtemp(join(tmpdir(), 'errand-engine-'));
  const cleanUp = () => rm(directory, { recursive: true });
  const engine = await startEngineProcess(engineBinary(), directory).catch(async (error: unknown) => {
    await cleanUp();
    throw error;
  });
  const tables: Table[] = [];
  return {
    endpoint: engine.endpoint,
    async makeTable() {
      const client = testClient(engine.endpoint);
      const table = { client, tableName: `errand-${tables.length}` };
      tables.push(table);
      await client.send(new CreateTableCommand(tableShape(table.tableName)));
      return table;
    },
    async stop() {
      for (const { client } of tables) client.destroy();
      await engine.stop();
      await cleanUp();
    },
  };
}

/** Another client for an engine's tables. */
export function testClient(endpoint: string): Table['client'] {
  return dynamoClient({ endpoint, region: 'us-east-1', credentials: testCredentials });
}

function tableShape(tableName: string): CreateTableCommandInput {
  const { due, live, service } = jobIndexes;
  return {
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      ...['pk', 'sk', due.partition, live.partition, service.partition].map((name) => attribute(name, 'S')),
      attribute(due.sort, 'N'),
    ],
    KeySchema: keySchema({ partition: 'pk', sort: 'sk' }),
    GlobalSecondaryIndexes: [due, live, service].map((index) => ({
      IndexName: index.name,
      KeySchema: keySchema(index),
      Projection: { ProjectionType: 'KEYS_ONLY' },
    })),
  };
}

function attribute(AttributeName: string, AttributeType: 'S' | 'N') {
  return { AttributeName, AttributeType };
}

function keySchema({ partition, sort }: { readonly partition: string; readonly sort: string }) {
  return [
    { AttributeName: partition, KeyType: 'HASH' as const },
    { AttributeName: sort, KeyType: 'RANGE' as const },
  ];
}
