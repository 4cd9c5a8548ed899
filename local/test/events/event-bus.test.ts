import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AwsError } from '../../aws-error.ts';
import type { Resource } from '../../cloud.ts';
import { openDeliveryStore } from '../../events/delivery-store.ts';
import { type FaultHook, seededFaults } from '../../events/fault.ts';
import { type EventBus, type EventBusOptions, startEventBus } from '../../events/start-event-bus.ts';
import { acknowledgedUntilKilled } from '../fixture/acknowledged-until-killed.ts';
import { modelOf } from '../fixture/model-of.ts';
import {
  busResource,
  functionArn,
  putEventsRequest,
  queueArn,
  recordingDeliver,
  ruleArn,
  ruleResource,
  temporaryDirectory,
} from './cloud-fixture.ts';

const testEntry = { Source: 'app', DetailType: 'Job', Detail: '{"id":1}', EventBusName: 'jobs' };
const testTarget = { Id: 't', Arn: functionArn('f') };

let directory: ReturnType<typeof temporaryDirectory>;
const started: EventBus[] = [];

beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(async () => {
  for (const bus of started.splice(0)) await bus.stop();
  directory.remove();
});

function start(resources: readonly Resource[], options: Partial<EventBusOptions> = {}) {
  const recording = recordingDeliver();
  const log: string[] = [];
  const bus = startEventBus({
    model: modelOf([busResource('jobs'), ...resources]),
    deliver: recording.deliver,
    dataDirectory: directory.path,
    retryScale: 0.001,
    log: (line) => log.push(line),
    ...options,
  });
  started.push(bus);
  return { bus, log, taken: recording.taken };
}

async function put(bus: EventBus, ...entries: readonly object[]) {
  const response = await bus.handle(putEventsRequest(...entries));
  return JSON.parse(String(response.body)) as { FailedEntryCount: number; Entries: Record<string, string>[] };
}

const jobRule = (properties: object = {}): Resource =>
  ruleResource('r', {
    EventBusName: 'jobs',
    EventPattern: { source: ['app'] },
    Targets: [testTarget],
    ...properties,
  });

describe('PutEvents', () => {
  test('delivers the event in its envelope to the targets of matching rules on its bus', async () => {
    const other = ruleResource('other', { EventPattern: { source: ['app'] }, Targets: [testTarget] });
    const { bus, taken } = start([jobRule(), other]);
    const answer = await put(bus, { ...testEntry, Resources: ['arn:x'], Time: 1_700_000_000 });
    expect(answer.FailedEntryCount).toBe(0);
    await vi.waitFor(() => expect(taken).toHaveLength(1));
    expect(JSON.parse(taken[0]?.payload ?? '')).toEqual({
      version: '0',
      id: answer.Entries[0]?.['EventId'],
      'detail-type': 'Job',
      source: 'app',
      account: '111122223333',
      time: '2023-11-14T22:13:20Z',
      region: 'eu-central-1',
      resources: ['arn:x'],
      detail: { id: 1 },
    });
    expect(taken[0]).toMatchObject({
      targetArn: functionArn('f'),
      principal: { kind: 'service', service: 'events.amazonaws.com', sourceArn: ruleArn('r', 'jobs') },
    });
  });

  test('refuses single entries with AWS codes and accepts the others', async () => {
    const { bus } = start([jobRule()]);
    const answer = await put(
      bus,
      testEntry,
      { ...testEntry, Source: undefined },
      { ...testEntry, DetailType: '' },
      { ...testEntry, Detail: '[1]' },
      { ...testEntry, Detail: '{' },
      { ...testEntry, Source: 'aws.mine' },
      { ...testEntry, EventBusName: 'nowhere' },
    );
    expect(answer.FailedEntryCount).toBe(6);
    expect(answer.Entries.map((entry) => entry['ErrorCode'])).toEqual([
      undefined,
      'InvalidArgument',
      'InvalidArgument',
      'MalformedDetail',
      'MalformedDetail',
      'NotAuthorizedForSourceException',
      'ResourceNotFoundException',
    ]);
  });

  test('refuses a request that is empty, too long or too large as a whole', async () => {
    const { bus } = start([]);
    const eleven = Array.from({ length: 11 }, () => testEntry);
    const large = { ...testEntry, Detail: JSON.stringify({ x: 'y'.repeat(262_144) }) };
    for (const entries of [[], eleven, [large]]) {
      await expect(put(bus, ...entries)).rejects.toMatchObject({ code: 'ValidationException' });
    }
  });

  test('requires permission for each bus once', () => {
    const { bus } = start([]);
    const checks = bus.checks(
      putEventsRequest(testEntry, testEntry, { ...testEntry, EventBusName: undefined }),
    );
    expect(checks.map((check) => [check.action, check.resource.split(':').at(-1)])).toEqual([
      ['events:PutEvents', 'event-bus/jobs'],
      ['events:PutEvents', 'event-bus/default'],
    ]);
  });

  test('passes accepted events to listeners until they are removed', async () => {
    const { bus } = start([]);
    const seen: string[] = [];
    const leave = bus.subscribe('jobs', (event) => seen.push(event['detail-type']));
    bus.subscribe('jobs', () => {
      throw new Error('a bad listener');
    });
    await put(bus, testEntry);
    leave();
    await put(bus, { ...testEntry, DetailType: 'Later' });
    expect(seen).toEqual(['Job']);
  });
});

describe('a delivery', () => {
  test('is retried until the target accepts it', async () => {
    const recording = recordingDeliver((_, call) => {
      if (call < 4) throw new AwsError('ServiceException', 'not now', 500);
    });
    const { bus } = start([jobRule()], { deliver: recording.deliver });
    await put(bus, testEntry);
    await vi.waitFor(() => expect(recording.taken).toHaveLength(1));
    expect(recording.calls()).toBe(4);
  });

  test('is sent to the dead-letter queue when the retries are used up', async () => {
    const recording = recordingDeliver((delivery) => {
      if (delivery.targetArn !== queueArn('dead')) throw new Error('down');
    });
    const Targets = [
      {
        ...testTarget,
        Input: '{"made":1}',
        RetryPolicy: { MaximumRetryAttempts: 2 },
        DeadLetterConfig: { Arn: queueArn('dead') },
      },
    ];
    const { bus } = start([jobRule({ Targets })], { deliver: recording.deliver });
    await put(bus, testEntry);
    await vi.waitFor(() => expect(recording.taken).toHaveLength(1));
    expect(recording.calls()).toBe(4);
    expect(JSON.parse(recording.taken[0]?.payload ?? '')).toMatchObject({ detail: { id: 1 } });
    expect(recording.taken[0]?.principal).toMatchObject({ kind: 'service', sourceArn: ruleArn('r', 'jobs') });
  });

  test('is abandoned immediately without permission, and the reason is logged', async () => {
    const denied = new AwsError('AccessDeniedException', 'User: x is not authorized', 403);
    const recording = recordingDeliver(() => {
      throw denied;
    });
    const { bus, log } = start([jobRule()], { deliver: recording.deliver });
    await put(bus, testEntry);
    await vi.waitFor(() => expect(log).toHaveLength(1));
    expect(recording.calls()).toBe(1);
    expect(log[0]).toContain('is not authorized');
  });

  test('uses the role of its target', async () => {
    const { bus, taken } = start([
      jobRule({ Targets: [{ ...testTarget, RoleArn: 'arn:aws:iam::1:role/x' }] }),
    ]);
    await put(bus, testEntry);
    await vi.waitFor(() => expect(taken).toHaveLength(1));
    expect(taken[0]?.principal).toEqual({ kind: 'role', roleArn: 'arn:aws:iam::1:role/x', sessionName: 'r' });
  });

  test('survives a stop while its target is down', async () => {
    const down = recordingDeliver(() => {
      throw new Error('down');
    });
    const first = start([jobRule()], { deliver: down.deliver });
    await put(first.bus, testEntry);
    await vi.waitFor(() => expect(down.calls()).toBeGreaterThan(0));
    await first.bus.stop();
    const second = start([jobRule()]);
    await vi.waitFor(() => expect(second.taken).toHaveLength(1));
    await second.bus.stop();
    const store = openDeliveryStore(`${directory.path}/events`);
    expect(store.pending()).toEqual([]);
    store.close();
  });

  test('survives a kill of the process after it was acknowledged', async () => {
    const program = new URL('./put-until-killed.ts', import.meta.url);
    const acknowledged = await acknowledgedUntilKilled(program, directory.path);
    const store = openDeliveryStore(`${directory.path}/events`);
    const kept = new Set(
      store.pending().map((delivery) => (JSON.parse(delivery.event) as { id: string }).id),
    );
    store.close();
    expect(acknowledged.length).toBeGreaterThanOrEqual(200);
    expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
  });
});

describe('a fault hook', () => {
  const ids = (taken: readonly { payload: string }[]) =>
    taken.map((one) => (JSON.parse(one.payload) as { detail: { id: number } }).detail.id);
  const entries = [1, 2, 3].map((id) => ({ ...testEntry, Detail: JSON.stringify({ id }) }));
  const onlyFirst = (kind: 'drop' | 'duplicate' | 'reorder'): FaultHook<unknown> => {
    let passed = 0;
    return () => {
      passed += 1;
      return passed === 1 ? { kind } : undefined;
    };
  };

  test.each([
    ['drop', [2, 3]],
    ['duplicate', [1, 1, 2, 3]],
    ['reorder', [2, 1, 3]],
  ] as const)('can %s a delivery', async (kind, expected) => {
    const { bus, taken } = start([jobRule()], { faults: onlyFirst(kind) });
    await put(bus, ...entries);
    await vi.waitFor(() => expect(ids(taken)).toEqual(expected));
  });

  test('delivers a reordered delivery if no other follows', async () => {
    const { bus, taken } = start([jobRule()], { faults: onlyFirst('reorder') });
    await put(bus, testEntry);
    await vi.waitFor(() => expect(taken).toHaveLength(1));
  });

  test('affects the same deliveries for the same seed', () => {
    const rates = { drop: 0.2, delay: 0.2, duplicate: 0.2, reorder: 0.2 };
    const draw = (seed: number) => Array.from({ length: 50 }, seededFaults({ seed, ...rates }));
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    expect(new Set(draw(7).map((fault) => fault?.kind)).size).toBe(5);
  });
});

describe('a rule', () => {
  const schedule = (properties: object = {}): Resource =>
    ruleResource('tick', { ScheduleExpression: 'rate(1 minute)', Targets: [testTarget], ...properties });

  test('with a schedule sends the same event as AWS to its own targets', async () => {
    const { bus, taken } = start([schedule(), jobRule()]);
    bus.fireSchedule('tick');
    await vi.waitFor(() => expect(taken).toHaveLength(1));
    expect(JSON.parse(taken[0]?.payload ?? '')).toMatchObject({
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      resources: [ruleArn('tick')],
      detail: {},
    });
    expect(() => bus.fireSchedule('r')).toThrow('No enabled rule with a schedule');
  });

  test('with a schedule fires on time', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    try {
      const { taken } = start([schedule()]);
      await vi.advanceTimersByTimeAsync(59_000);
      expect(taken).toHaveLength(0);
      await vi.advanceTimersByTimeAsync(62_000);
      expect(taken).toHaveLength(2);
    } finally {
      vi.useRealTimers();
    }
  });

  test('that is disabled does nothing', async () => {
    const { bus } = start([schedule({ State: 'DISABLED' })]);
    expect(() => bus.fireSchedule('tick')).toThrow('No enabled rule with a schedule');
  });

  test.each<[string, Resource, string]>([
    ['an unknown operator', jobRule({ EventPattern: { a: [{ regex: 'x' }] } }), 'a.regex'],
    ['an unknown property', jobRule({ Surprise: 1 }), 'Surprise'],
    [
      'an unknown target property',
      jobRule({ Targets: [{ ...testTarget, HttpParameters: {} }] }),
      'HttpParameters',
    ],
    ['an unknown bus', ruleResource('r', { EventBusName: 'nowhere', EventPattern: { a: [1] } }), 'nowhere'],
    ['neither pattern nor schedule', ruleResource('r', { Targets: [] }), 'EventPattern'],
    ['a wrong schedule', schedule({ ScheduleExpression: 'rate(1 minutes)' }), 'rate(1 minutes)'],
  ])('with %s prevents the start, and the error names it', (_, resource, words) => {
    expect(() => start([resource])).toThrow(words);
  });
});

describe('a service of the runtime', () => {
  test('can publish to the default bus, and a forwarded event keeps its ID', async () => {
    const onDefault = ruleResource('d', { EventPattern: { source: ['aws.states'] }, Targets: [testTarget] });
    const { bus, taken } = start([onDefault, jobRule()]);
    bus.publish({ source: 'aws.states', detailType: 'Status', detail: { a: 1 } });
    const text = JSON.stringify({
      id: 'kept',
      source: 'app',
      'detail-type': 'X',
      detail: {},
      time: '2026-01-01T00:00:00Z',
    });
    bus.forward('arn:aws:events:eu-central-1:111122223333:event-bus/jobs', text);
    await vi.waitFor(() => expect(taken).toHaveLength(2));
    expect(JSON.parse(taken[1]?.payload ?? '')).toMatchObject({
      id: 'kept',
      source: 'app',
      time: '2026-01-01T00:00:00Z',
    });
  });
});
