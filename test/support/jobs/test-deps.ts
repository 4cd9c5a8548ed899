import type { ServiceDefinition } from '../../../core/contract/schemas/service-schemas.ts';
import { congestionCache } from '../../../core/jobs/scheduling/congestion-cache.ts';
import type { DurationCache } from '../../../core/jobs/waiting/duration-cache.ts';
import { recentRefusals } from '../../../core/jobs/waiting/recent-refusals.ts';
import type { ExecutionInput, ExecutionStarter } from '../../../core/ports/execution-starter.ts';
import type { Log } from '../../../core/ports/log.ts';
import type { Metrics } from '../../../core/ports/metrics.ts';
import type { Service } from '../../../core/services/model/service.ts';
import { memoryGroupCounters } from '../memory/groups/memory-group-counters.ts';
import { memoryAttemptLogs } from '../memory/memory-attempt-logs.ts';
import { memoryBatch } from '../memory/memory-batch.ts';
import { memoryCapacityQueues } from '../memory/memory-capacity-queues.ts';
import { memoryContentStore } from '../memory/memory-content-store.ts';
import { memoryDataStore } from '../memory/memory-data-store.ts';
import { memoryIdempotencyStore } from '../memory/memory-idempotency-store.ts';
import { memoryJobCounters } from '../memory/memory-job-counters.ts';
import { memoryJobLinks } from '../memory/memory-job-links.ts';
import { memoryJobStore } from '../memory/memory-job-store.ts';
import { memoryLongPolls } from '../memory/memory-long-polls.ts';
import { memoryObjectStore } from '../memory/memory-object-store.ts';
import { memoryServiceStore } from '../memory/memory-service-store.ts';
import { memoryContentReader } from '../memory/operations/memory-content-reader.ts';
import { memoryOperationStore } from '../memory/operations/memory-operation-store.ts';
import { memoryReusableResults } from '../reuse/memory-reusable-results.ts';
import { memoryDeliveryStore } from '../webhooks/memory-delivery-store.ts';
import { memorySlowCallSlots } from '../webhooks/memory-slow-call-slots.ts';
import { memoryWebhookQueue } from '../webhooks/memory-webhook-queue.ts';
import { memoryWebhookSecretStore, memoryWebhookStore } from '../webhooks/memory-webhook-store.ts';
import { countingRandom } from './counting-random.ts';
import { someTime } from './jobs.ts';
import { testSettings } from './test-settings.ts';
import { virtualClock } from './virtual-clock.ts';

export interface Start extends ExecutionInput {
  readonly router: 'express' | 'standard';
}

/** All ports that a use case of the core may need, in memory, with a record of the calls. */
export function testDeps() {
  const [clock, queues] = [virtualClock(), memoryCapacityQueues()];
  const [objects, contents] = [memoryObjectStore(), memoryContentStore({ clock, minPartBytes: 1 })];
  return {
    queues,
    congestion: congestionCache(queues, clock),
    jobs: memoryJobStore(),
    counters: memoryJobCounters(),
    groups: memoryGroupCounters(),
    links: memoryJobLinks(),
    services: memoryServiceStore(),
    objects,
    data: memoryDataStore(),
    contents,
    contentReader: memoryContentReader(objects, contents),
    executions: recordingStarter(),
    batch: memoryBatch(),
    logs: memoryAttemptLogs(),
    resources: { hasFunction: async () => true, hasJobDefinition: async () => true },
    idempotency: memoryIdempotencyStore(),
    results: memoryReusableResults(),
    webhooks: memoryWebhookStore(),
    webhookSecrets: memoryWebhookSecretStore(),
    deliveries: memoryDeliveryStore(),
    webhookQueue: memoryWebhookQueue(),
    slowCalls: memorySlowCallSlots(),
    names: { resolve: async (): Promise<readonly string[]> => ['93.184.215.14'] },
    longPolls: memoryLongPolls(),
    operations: memoryOperationStore(),
    operationQueue: { send: async () => undefined },
    settings: testSettings(),
    totalLongPollLimit: async () => 1000,
    durations: {
      fetchDuration: async () => undefined,
      cachedOrPrefetch: () => undefined,
    } satisfies DurationCache,
    refusals: recentRefusals(clock),
    clock,
    random: countingRandom(() => 0.5),
    ...recordingLog(),
  };
}

/** A service that accepts any parameters, as its registration stores it. */
export function aService(definition: Partial<ServiceDefinition> = {}, given: Partial<Service> = {}): Service {
  return {
    tenant: 'local',
    name: 'echo',
    version: '1.0.0',
    definition: {
      parameters: {},
      dispatcher: { kind: 'lambda', functionName: 'errand-service-echo' },
      ...definition,
    },
    used: false,
    revision: 1,
    createdAt: someTime,
    updatedAt: someTime,
    ...given,
  };
}

function recordingStarter(): ExecutionStarter & {
  readonly starts: readonly Start[];
  refuse(error: Error): void;
} {
  const starts: Start[] = [];
  let refusal: Error | undefined;
  return {
    starts,
    refuse(error) {
      refusal = error;
    },
    async start(router, input) {
      if (refusal !== undefined) throw refusal;
      starts.push({ router, ...input });
    },
  };
}

function recordingLog(): { readonly log: Log; readonly metrics: Metrics; readonly lines: readonly string[] } {
  const lines: string[] = [];
  return {
    lines,
    log: {
      info: (message) => void lines.push(message),
      warn: (message) => void lines.push(message),
    },
    metrics: {
      count: (name, dimensions = {}) => void lines.push([name, ...Object.values(dimensions)].join(' ')),
    },
  };
}
