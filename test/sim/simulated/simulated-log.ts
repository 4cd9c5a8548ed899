import { listEvents } from '../../../core/events/log/list-events.ts';
import { type LogAndPublishDeps, logAndPublish } from '../../../core/events/log/log-and-publish.ts';
import { logTails } from '../../../core/events/log/log-tails.ts';
import type { JobChange } from '../../../core/events/publish-events.ts';
import { recentRefusals } from '../../../core/jobs/waiting/recent-refusals.ts';
import type { EventLog, LogEntry } from '../../../core/ports/events/event-log.ts';
import { memoryEventLog } from '../../support/memory/events/memory-event-log.ts';
import { memoryLongPolls } from '../../support/memory/memory-long-polls.ts';
import { unlessInjected } from '../faulty.ts';
import type { Ports } from '../process.ts';
import type { Scheduler } from '../scheduler.ts';
import type { SeededRandom } from '../seeded-random.ts';

const tenant = 'local';
/** Longer than any simulation, so that no entry expires. */
const eventLogDays = 3650;

/** The reader never waits within a call. */
const longPolls = { longPolls: memoryLongPolls(), totalLongPollLimit: async () => 1000 };

/** What happened to the event log. */
export interface LogOutcome {
  readonly entries: readonly LogEntry[];
  /** The IDs of the events that reached the bus before they were in the log. */
  readonly unlogged: readonly string[];
  /** The IDs of the events that the reader of the log received, in order. */
  readonly received: readonly string[];
}

/** The world of a publisher. */
export interface PublisherWorld {
  /** What a new publisher needs to send events to webhooks; absent without webhooks. */
  publisherPorts?(): Pick<LogAndPublishDeps, 'sendToWebhooks'>;
}

/** The parts of the world that the log needs. */
interface Environment extends PublisherWorld {
  readonly random: SeededRandom;
  readonly time: Scheduler;
  ports(): Ports;
}

export interface SimulatedLog {
  readonly port: EventLog;
  outcome(): LogOutcome;
  /** Records that an event has reached the bus. */
  notePublished(eventId: string): void;
  /** Appends and publishes as one of two publishers of the stream, each of which remembers the end of the log. */
  publish(world: Environment, changes: readonly JobChange[]): Promise<readonly string[]>;
  /** Reads pages of the log at random times until everything is read after `isWritten`. */
  read(world: Environment, isWritten: () => boolean, pause: (usual: number) => number): Promise<void>;
}

export function simulatedLog(): SimulatedLog {
  const { entriesOf, removeExpired: _, ...port } = memoryEventLog();
  const logged = () =>
    entriesOf(tenant).flatMap(({ events }) => events.map(({ jobId, sequence }) => `${jobId}/${sequence}`));
  const unlogged: string[] = [];
  const received: string[] = [];
  const publishers: ReturnType<typeof publisherOf>[] = [];
  return {
    port,
    outcome: () => ({ entries: entriesOf(tenant), unlogged, received }),
    notePublished(eventId) {
      if (!logged().includes(eventId)) unlogged.push(eventId);
    },
    publish(world, changes) {
      const index = world.random.whole(0, 1);
      // A publisher that was restarted remembers nothing.
      if (publishers[index] === undefined || world.random.happens(0.1))
        publishers[index] = publisherOf(world);
      return logAndPublish(publishers[index], changes);
    },
    async read(world, isWritten, pause) {
      const { random, time } = world;
      let after: string | undefined;
      for (;;) {
        await time.sleep(pause(random.whole(0, 60_000)));
        const wasWritten = isWritten();
        const input = { tenant, filter: {}, limit: random.whole(1, 20), baseUrl: '', waitMs: 0 };
        const ports = withLongLog(world.ports());
        const deps = { ...ports, ...longPolls, refusals: recentRefusals(ports.clock) };
        const page = await unlessInjected(
          listEvents(deps, { ...input, ...(after === undefined ? {} : { after }) }),
        );
        if (page === undefined) continue;
        after = page.position;
        received.push(...page.events.map(({ id }) => id));
        if (wasWritten && page.events.length === 0) return;
      }
    },
  };
}

function publisherOf(world: Environment) {
  const ports = withLongLog(world.ports());
  return {
    ...ports,
    ...(world.publisherPorts?.() ?? { sendToWebhooks: async () => [] }),
    tails: logTails(ports),
  };
}

function withLongLog<Deps extends Ports>(ports: Deps): Deps {
  return { ...ports, settings: { ...ports.settings, eventLogDays } };
}
