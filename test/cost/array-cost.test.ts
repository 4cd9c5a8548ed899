import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamoServiceStore } from '../../aws/dynamodb/dynamo-service-store.ts';
import { dynamoJobStore } from '../../aws/dynamodb/jobs/dynamo-job-store.ts';
import { dynamoOperationStore } from '../../aws/dynamodb/operations/dynamo-operation-store.ts';
import { runOperation } from '../../core/operations/work/run-operation.ts';
import type { ByteRange } from '../../core/ports/operations/content-reader.ts';
import { cachedServices } from '../../core/services/cached-services.ts';
import { readDocument, section } from '../docs/markdown.ts';
import { watchTable } from '../support/jobs/table-watch.ts';
import { aService } from '../support/jobs/test-deps.ts';
import { startTestEngine, type TestEngine } from '../support/local-service/errand-table.ts';
import { startArray } from '../support/operations/array-world.ts';
import {
  operationDeps,
  storedOperation,
  tickingDeps,
  workUntilIdle,
} from '../support/operations/operation-world.ts';
import { usdPerMillionPins } from './job-pins.ts';
import { type Billed, prices, usdFor } from './prices.ts';

const count = 1000;

/** For the request of 100 jobs in bulk: see `In bulk` in the guide. */
const bulk = { apiRequest: 0.01, lambdaRequest: 0.02, lambdaGigabyteSecond: 0.0003075 };

/** A slice of 50 jobs takes 0.25 s with 256 MB, as the guide assumes for all operations. */
const gigabyteSeconds = 0.25 * 0.005;

describe('an array job of 1,000 elements', () => {
  let engine: TestEngine;
  /** What the operation and the creation of its jobs use, for each job. */
  let used: Readonly<Record<'jobUnit' | 'writeUnit' | 'readUnit' | 'objectGet', number>>;

  beforeAll(async () => {
    engine = await startTestEngine();
    const table = await engine.makeTable();
    const memory = operationDeps();
    const ranges: ByteRange[] = [];
    const deps = {
      ...memory,
      jobs: dynamoJobStore(table),
      services: cachedServices(dynamoServiceStore(table), memory.clock),
      operations: dynamoOperationStore(table),
      contentReader: {
        read: (key: string, range: ByteRange) => {
          ranges.push(range);
          return memory.contentReader.read(key, range);
        },
      },
    };
    await deps.services.insert(aService({}, { used: true }));
    const parameters = { text: 'a'.repeat(260) };
    const { calls } = watchTable(table);
    const elements = Array.from({ length: count }, (_, index) => ({ parameters: { ...parameters, index } }));
    const operation = await startArray(deps, elements, { template: { service: 'echo@1.0.0' } });
    await workUntilIdle(deps, (_, key, input) => runOperation(tickingDeps(deps), key, input));
    expect(await storedOperation(deps, operation)).toMatchObject({ status: 'succeeded', done: count });
    const unitsOf = (commands: readonly string[]) =>
      calls
        .filter(({ command }) => commands.includes(command))
        .map(({ tableUnits, indexUnits }) =>
          Object.values(indexUnits).reduce((sum, units) => sum + units, tableUnits),
        );
    // The other puts are those of the operation.
    const writes = unitsOf(['PutItem', 'UpdateItem', 'TransactWriteItems', 'BatchWriteItem']);
    const jobWrites = calls.filter(
      ({ command, indexUnits }) => command === 'PutItem' && 'service' in indexUnits,
    );
    expect(jobWrites).toHaveLength(count);
    for (const { tableUnits, indexUnits } of jobWrites)
      expect({ tableUnits, indexUnits }).toEqual({ tableUnits: 1, indexUnits: { live: 1, service: 1 } });
    const sum = (units: readonly number[]) => units.reduce((total, unit) => total + unit, 0);
    used = {
      jobUnit: 3,
      writeUnit: (sum(writes) - 3 * count) / count,
      readUnit: sum(unitsOf(['GetItem', 'Query', 'BatchGetItem'])) / count,
      objectGet: ranges.length / count,
    };
  }, 120_000);
  afterAll(() => engine?.stop());

  test('creates each job with the writes of a single submission, and uses the pinned amounts beyond them', () => {
    expect(used).toEqual({ jobUnit: 3, writeUnit: 0.076, readUnit: 0.004, objectGet: 0.021 });
  });

  test('costs what the guide states', () => {
    const guide = section(readDocument('docs/guides/cost.md'), 'Array jobs');
    const { writeUnit, readUnit, objectGet } = used;
    const amounts: ReadonlyArray<readonly [Billed, number]> = [
      ['writeUnit', writeUnit],
      ['readUnit', readUnit],
      ['objectGet', objectGet],
      ['lambdaGigabyteSecond', gigabyteSeconds],
    ];
    const million = amounts.map(([billed, quantity]) => usdFor(billed, quantity * 1_000_000));
    for (const [index, [billed, quantity]] of amounts.entries())
      expect(guide).toContain(
        `| ${prices[billed].unit} | ${Number(quantity.toPrecision(6))} | ${million[index]?.toFixed(2)} |`,
      );
    const bulkUsd = Object.entries(bulk).map(([billed, quantity]) =>
      usdFor(billed as Billed, quantity * 1_000_000),
    );
    const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
    const usd = usdPerMillionPins.lambdaBulk - total(bulkUsd) + total(million);
    expect(guide).toContain(`costs ${usd.toFixed(2)} USD`);
  });
});
