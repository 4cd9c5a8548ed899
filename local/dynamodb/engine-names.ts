import { localStreamArn } from '../assembly/stream-arn.ts';
import type { CloudModel } from '../cloud.ts';
import { isRecord, type JsonRecord } from '../json.ts';
import type { EngineClient } from './engine-client.ts';

/** The names of one table: the app's and the engine's. */
export interface TableNames {
  readonly name: string;
  readonly arn: string;
  readonly engineArn: string;
  readonly stream?: { readonly arn: string; readonly engineArn: string };
}

/** Requests the engine's names of the app's tables and streams. */
export async function tableNames(model: CloudModel, engine: EngineClient): Promise<readonly TableNames[]> {
  const tables = model.ofType('AWS::DynamoDB::Table');
  return Promise.all(
    tables.map(async (table) => {
      const { Table: described } = await engine.call('DescribeTable', { TableName: table.ref });
      const found: JsonRecord = isRecord(described) ? described : {};
      const arn = table.arn ?? table.ref;
      const names = { name: table.ref, arn, engineArn: String(found['TableArn']) };
      if (!isRecord(table.properties['StreamSpecification'])) return names;
      return { ...names, stream: { arn: localStreamArn(arn), engineArn: String(found['LatestStreamArn']) } };
    }),
  );
}
