import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamoEventLog } from '../../../../aws/dynamodb/events/dynamo-event-log.ts';
import { toItem } from '../../../../aws/dynamodb/events/log-entry-item.ts';
import { readJobChange } from '../../../../aws/dynamodb/job-items/job-change.ts';
import type { LogEntry } from '../../../../core/ports/events/event-log.ts';
import { describeEventLog } from '../../../contract/suites/event-log-suite.ts';
import { loseNextResponse } from '../../../support/client-faults.ts';
import { itemSize } from '../../../support/jobs/item-size.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { someTime } from '../../../support/jobs/jobs.ts';
import { watchTable } from '../../../support/jobs/table-watch.ts';
import { startTestEngine, type TestEngine } from '../../../support/local-service/errand-table.ts';

const entry = (number: number, jobs: number): LogEntry => ({
  tenant: 'local',
  number,
  at: someTime,
  expiresAtEpochSeconds: Math.ceil(someTime / 1000),
  events: Array.from({ length: jobs }, (_, index) => ({
    jobId: jobIdAt(someTime + index),
    sequence: 3,
    kind: 'succeeded',
    service: 'csv-profile',
    tagDigests: ['12345678'],
  })),
});

describe('dynamoEventLog', () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await startTestEngine();
  });
  afterAll(() => engine.stop());

  describeEventLog(async () => dynamoEventLog(await engine.makeTable()));

  test('uses one write unit for an entry with ten events, and no read', async () => {
    expect(itemSize(toItem(entry(someTime, 10)))).toBeLessThan(1024);
    const table = await engine.makeTable();
    const { calls } = watchTable(table);
    await dynamoEventLog(table).append(entry(someTime, 10));
    expect(calls).toStrictEqual([{ command: 'PutItem', tableUnits: 1, indexUnits: {} }]);
  });

  test('recognizes its own entry when the response to its write was lost', async () => {
    const table = await engine.makeTable();
    const log = dynamoEventLog(table);
    loseNextResponse(table.client, 'PutItem');
    expect(await log.append(entry(1, 2))).toBe('appended');
    expect(await log.append({ ...entry(1, 2), at: 1 })).toBe('taken');
  });

  test('writes no item that the publisher takes for the change of a job', () => {
    const NewImage = toItem(entry(1, 1));
    const Keys = { pk: NewImage['pk'] ?? {}, sk: NewImage['sk'] ?? {} };
    expect(readJobChange({ dynamodb: { SequenceNumber: '1', Keys, NewImage } } as never)).toBeUndefined();
    expect(NewImage['sk']?.S).not.toMatch(/^J#/);
  });
});
