import { afterEach, describe, expect, test } from 'vitest';
import { eventBridgeClient } from '../../../aws/clients/event-bridge-client.ts';
import { eventBus } from '../../../aws/events/event-bus.ts';
import { someEvents } from '../../support/jobs/events.ts';
import { testCredentials } from '../../support/local-service/errand-table.ts';
import {
  type RecordedRequest,
  type RecordedResponse,
  startRecordingServer,
} from '../../support/recording-server.ts';

interface SentEntry {
  readonly Detail: string;
}

function entriesOf({ body }: RecordedRequest): readonly SentEntry[] {
  return body['Entries'] as readonly SentEntry[]; // what PutEvents sends
}

function idsOf(request: RecordedRequest): readonly string[] {
  return entriesOf(request).map(({ Detail }): string => JSON.parse(Detail).id);
}

/** Responds to each entry by its event's id and the number of its tries. */
function byEntry(response: (eventId: string, times: number) => string | undefined) {
  const times = new Map<string, number>();
  return (request: RecordedRequest): RecordedResponse => {
    const results = idsOf(request).map((id) => {
      times.set(id, (times.get(id) ?? 0) + 1);
      const code = response(id, times.get(id) ?? 0);
      return code === undefined ? { EventId: id } : { ErrorCode: code, ErrorMessage: 'not now' };
    });
    const failed = results.filter((result) => 'ErrorCode' in result).length;
    return { status: 200, body: { FailedEntryCount: failed, Entries: results } };
  };
}

describe('eventBus', () => {
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0)) await cleanup();
  });

  async function makeBus(response: (request: RecordedRequest) => RecordedResponse) {
    const server = await startRecordingServer(response);
    const { endpoint } = server;
    const client = eventBridgeClient({ endpoint, region: 'us-east-1', credentials: testCredentials });
    cleanups.push(() => client.destroy(), server.stop);
    const warnings: string[] = [];
    const log = { info: () => undefined, warn: (message: string) => void warnings.push(message) };
    return { server, warnings, bus: eventBus({ client, busName: 'errand-events', log }) };
  }

  test('puts the whole event under its type, with the job as resource', async () => {
    const { server, bus } = await makeBus(byEntry(() => undefined));
    const [event] = someEvents(1);
    if (event === undefined) throw new Error('an event was made');
    expect(await bus.publish([event])).toStrictEqual([]);
    expect(server.requests[0]).toStrictEqual({
      operation: 'PutEvents',
      path: '/',
      body: {
        Entries: [
          {
            EventBusName: 'errand-events',
            Source: 'errand',
            DetailType: 'errand.job.pending',
            Detail: JSON.stringify(event),
            Resources: [event.subject],
            Time: Date.parse(event.time) / 1000,
          },
        ],
      },
    });
  });

  test('makes no call without events', async () => {
    const { server, bus } = await makeBus(byEntry(() => undefined));
    expect(await bus.publish([])).toStrictEqual([]);
    expect(server.requests).toHaveLength(0);
  });

  test('puts ten entries per call and each event once', async () => {
    const { server, bus } = await makeBus(byEntry(() => undefined));
    const events = someEvents(43);
    expect(await bus.publish(events)).toStrictEqual([]);
    expect(server.requests.map((request) => entriesOf(request).length).sort()).toStrictEqual([
      10, 10, 10, 10, 3,
    ]);
    expect(server.requests.flatMap(idsOf).sort()).toStrictEqual(events.map(({ id }) => id).sort());
  });

  test('puts less than 256 KB per call', async () => {
    const { server, bus } = await makeBus(byEntry(() => undefined));
    const events = someEvents(7, 'n'.repeat(100_000));
    expect(await bus.publish(events)).toStrictEqual([]);
    expect(server.requests.map((request) => entriesOf(request).length)).toStrictEqual([2, 2, 2, 1]);
  });

  test('returns an event that is too large for a call, and puts the others', async () => {
    const { server, bus, warnings } = await makeBus(byEntry(() => undefined));
    const [large, ...others] = [...someEvents(1, 'n'.repeat(262_144)), ...someEvents(3)];
    expect(await bus.publish([...others, ...(large === undefined ? [] : [large])])).toStrictEqual([large]);
    expect(server.requests.flatMap(idsOf)).toStrictEqual(others.map(({ id }) => id));
    expect(warnings).toStrictEqual(['event-too-large']);
  });

  test('puts only throttled entries again', async () => {
    const events = someEvents(5);
    const slow = events[3]?.id ?? '';
    const { server, bus } = await makeBus(
      byEntry((id, times) => (id === slow && times < 3 ? 'ThrottlingException' : undefined)),
    );
    expect(await bus.publish(events)).toStrictEqual([]);
    expect(server.requests.map(idsOf).slice(1)).toStrictEqual([[slow], [slow]]);
  });

  test('fails an entry after four tries', async () => {
    const events = someEvents(2);
    const bad = events[0]?.id ?? '';
    const { server, bus, warnings } = await makeBus(
      byEntry((id) => (id === bad ? 'InternalFailure' : undefined)),
    );
    expect(await bus.publish(events)).toStrictEqual([events[0]]);
    expect(server.requests).toHaveLength(4);
    expect(warnings).toStrictEqual(Array(4).fill('events-not-published'));
  });

  test('does not retry a permanent error', async () => {
    const events = someEvents(2);
    const bad = events[1]?.id ?? '';
    const { server, bus } = await makeBus(byEntry((id) => (id === bad ? 'MalformedDetail' : undefined)));
    expect(await bus.publish(events)).toStrictEqual([events[1]]);
    expect(server.requests).toHaveLength(1);
  });

  test('returns all events of a call that failed as a whole, and puts the events of other calls', async () => {
    const events = someEvents(12);
    const denied = { status: 400, body: { __type: 'AccessDeniedException', message: 'no' } };
    const good = byEntry(() => undefined);
    const { server, bus, warnings } = await makeBus((request) =>
      idsOf(request).includes(events[0]?.id ?? '') ? denied : good(request),
    );
    expect(await bus.publish(events)).toStrictEqual(events.slice(0, 10));
    expect(server.requests).toHaveLength(2);
    expect(warnings).toStrictEqual(['events-not-published']);
  });
});
