import { isDeepStrictEqual } from 'node:util';
import { isRecord, type JsonRecord, listOf } from '../json.ts';

/** A secondary index as DynamoDB's API describes it. */
export interface IndexPlan {
  readonly IndexName: string;
  readonly KeySchema: unknown;
  readonly Projection: unknown;
}

/** The changes that make a table match the template. */
export interface TablePlan {
  /** Input of CreateTable; absent if the table exists. */
  readonly create?: JsonRecord;
  /** Inputs of UpdateTable in order: one index at a time, as DynamoDB requires. */
  readonly updates: readonly JsonRecord[];
}

/**
 * Compares the template's table with the existing one (`Table` of DescribeTable). Throws if the keys differ,
 * because they cannot be changed in place and data is never deleted.
 */
export function planTable(name: string, properties: JsonRecord, existing: JsonRecord | undefined): TablePlan {
  if (existing === undefined) return { create: createInput(name, properties), updates: [] };
  sameOrStop(
    `the key of table ${name}`,
    keySchema(properties['KeySchema']),
    keySchema(existing['KeySchema']),
  );
  const desired = indexes(properties['GlobalSecondaryIndexes']);
  const present = indexes(existing['GlobalSecondaryIndexes']);
  const updates: JsonRecord[] = [];
  for (const [indexName, index] of present) {
    const kept = desired.get(indexName);
    if (kept === undefined) updates.push(indexUpdate(name, properties, { Delete: { IndexName: indexName } }));
    else sameOrStop(`index ${indexName} of table ${name}`, comparable(kept), comparable(index));
  }
  for (const [indexName, index] of desired) {
    if (!present.has(indexName)) updates.push(indexUpdate(name, properties, { Create: index }));
  }
  return { updates: [...updates, ...streamUpdate(name, properties, existing)] };
}

function createInput(name: string, properties: JsonRecord): JsonRecord {
  const lists = ['GlobalSecondaryIndexes', 'LocalSecondaryIndexes'].flatMap((property) => {
    const found = [...indexes(properties[property]).values()];
    return found.length === 0 ? [] : [[property, found] as const];
  });
  const stream = streamSpecification(properties);
  return {
    TableName: name,
    AttributeDefinitions: properties['AttributeDefinitions'],
    KeySchema: properties['KeySchema'],
    BillingMode: 'PAY_PER_REQUEST',
    ...Object.fromEntries(lists),
    ...(stream === undefined ? {} : { StreamSpecification: stream }),
  };
}

function indexUpdate(name: string, properties: JsonRecord, change: JsonRecord): JsonRecord {
  const definitions = properties['AttributeDefinitions'];
  return { TableName: name, AttributeDefinitions: definitions, GlobalSecondaryIndexUpdates: [change] };
}

function streamUpdate(name: string, properties: JsonRecord, existing: JsonRecord): readonly JsonRecord[] {
  const desired = streamSpecification(properties);
  const present = isRecord(existing['StreamSpecification']) ? existing['StreamSpecification'] : undefined;
  const isOn = present?.['StreamEnabled'] === true;
  const desiredView = desired?.['StreamViewType'];
  if (desired === undefined) {
    return isOn ? [{ TableName: name, StreamSpecification: { StreamEnabled: false } }] : [];
  }
  if (!isOn) return [{ TableName: name, StreamSpecification: desired }];
  sameOrStop(`the stream view of table ${name}`, desiredView, present?.['StreamViewType']);
  return [];
}

function streamSpecification(properties: JsonRecord): JsonRecord | undefined {
  const specification = properties['StreamSpecification'];
  return isRecord(specification) ? { StreamEnabled: true, ...specification } : undefined;
}

function indexes(value: unknown): ReadonlyMap<string, IndexPlan> {
  return new Map(
    listOf(value)
      .filter(isRecord)
      .map((index) => {
        const plan = {
          IndexName: String(index['IndexName']),
          KeySchema: index['KeySchema'],
          Projection: index['Projection'],
        };
        return [plan.IndexName, plan] as const;
      }),
  );
}

function comparable(index: IndexPlan): unknown {
  const projection = isRecord(index.Projection) ? index.Projection : {};
  const attributes = listOf(projection['NonKeyAttributes']).map(String).sort();
  return { key: keySchema(index.KeySchema), type: projection['ProjectionType'], attributes };
}

function keySchema(value: unknown): readonly string[] {
  return listOf(value)
    .filter(isRecord)
    .map((part) => `${String(part['KeyType'])} ${String(part['AttributeName'])}`);
}

function sameOrStop(what: string, desired: unknown, present: unknown): void {
  if (isDeepStrictEqual(desired, present)) return;
  throw new Error(
    `${what} is ${JSON.stringify(present)} in the data folder, but ${JSON.stringify(desired)} in the app. ` +
      'This cannot be changed in place: choose another data folder, or move this one to another path.',
  );
}
