import { setTimeout as delay } from 'node:timers/promises';
import type { CloudModel, Resource } from '../cloud.ts';
import { isRecord, type JsonRecord, listOf } from '../json.ts';
import { ResourceError } from '../resource-error.ts';
import { type EngineClient, EngineError } from './engine-client.ts';
import { planTable } from './table-plan.ts';

const readyTimeoutMs = 60_000;

/**
 * Creates the app's tables or updates existing ones to the template: adds and removes indexes, enables the
 * stream and expiry. The function is idempotent; a run after a crash completes the changes. Throws a
 * `ResourceError` for a table that cannot be changed in place.
 */
export async function provisionTables(model: CloudModel, engine: EngineClient): Promise<void> {
  for (const table of model.ofType('AWS::DynamoDB::Table')) {
    try {
      await provision(table, engine);
    } catch (error) {
      throw new ResourceError(table, error);
    }
  }
}

async function provision(table: Resource, engine: EngineClient): Promise<void> {
  const plan = planTable(table.ref, table.properties, await describe(table, engine));
  if (plan.create !== undefined) await engine.call('CreateTable', plan.create);
  await untilActive(table, engine);
  for (const update of plan.updates) {
    await engine.call('UpdateTable', update);
    await untilActive(table, engine);
  }
  await expire(table, engine);
}

async function describe(table: Resource, engine: EngineClient): Promise<JsonRecord | undefined> {
  try {
    const { Table: found } = await engine.call('DescribeTable', { TableName: table.ref });
    return isRecord(found) ? found : undefined;
  } catch (error) {
    if (error instanceof EngineError && error.code === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

async function untilActive(table: Resource, engine: EngineClient): Promise<void> {
  const timeoutAt = performance.now() + readyTimeoutMs;
  for (;;) {
    const found = await describe(table, engine);
    const states = [found?.['TableStatus'], ...listOf(found?.['GlobalSecondaryIndexes']).map(indexStatus)];
    if (states.every((state) => state === 'ACTIVE')) return;
    if (performance.now() > timeoutAt)
      throw new Error(`table ${table.ref} is not ready: ${states.join(', ')}`);
    await delay(20);
  }
}

function indexStatus(index: unknown): unknown {
  return isRecord(index) ? index['IndexStatus'] : undefined;
}

async function expire(table: Resource, engine: EngineClient): Promise<void> {
  const specification = table.properties['TimeToLiveSpecification'];
  if (!isRecord(specification)) return;
  const { TimeToLiveDescription: present } = await engine.call('DescribeTimeToLive', {
    TableName: table.ref,
  });
  const isOn = isRecord(present) && present['TimeToLiveStatus'] === 'ENABLED';
  const sameAttribute = isRecord(present) && present['AttributeName'] === specification['AttributeName'];
  if (isOn === (specification['Enabled'] === true) && (sameAttribute || !isOn)) return;
  await engine.call('UpdateTimeToLive', { TableName: table.ref, TimeToLiveSpecification: specification });
}
