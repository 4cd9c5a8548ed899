import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { RedriveEventsInput, RedriveOutcome } from '../../core/events/redrive/redrive-events.ts';
import type { DurationCache } from '../../core/jobs/waiting/duration-cache.ts';
import type { WaitForJobDeps } from '../../core/jobs/waiting/wait-for-job.ts';
import type { AttemptLogs } from '../../core/ports/attempt-logs.ts';
import type { BatchDispatcher } from '../../core/ports/batch-dispatcher.ts';
import type { ContentStore } from '../../core/ports/data/content-store.ts';
import type { DataStore } from '../../core/ports/data/data-store.ts';
import type { ExecutionStarter } from '../../core/ports/execution-starter.ts';
import type { GroupCounters } from '../../core/ports/groups/group-counters.ts';
import type { IdempotencyStore } from '../../core/ports/idempotency-store.ts';
import type { JobCounters } from '../../core/ports/job-counters.ts';
import type { JobLinks } from '../../core/ports/job-links.ts';
import type { JobStore } from '../../core/ports/job-store.ts';
import type { ObjectStore } from '../../core/ports/object-store.ts';
import type { OperationQueue } from '../../core/ports/operations/operation-queue.ts';
import type { OperationStore } from '../../core/ports/operations/operation-store.ts';
import type { Random } from '../../core/ports/random.ts';
import type { ReusableResults } from '../../core/ports/reuse/reusable-results.ts';
import type { ServiceStore } from '../../core/ports/service-store.ts';
import type { Settings } from '../../core/ports/settings.ts';
import type { DeliveryStore } from '../../core/ports/webhooks/delivery-store.ts';
import type { NameResolver } from '../../core/ports/webhooks/name-resolver.ts';
import type { WebhookQueue } from '../../core/ports/webhooks/webhook-queue.ts';
import type { WebhookSecretStore, WebhookStore } from '../../core/ports/webhooks/webhook-store.ts';
import type { ServiceResources } from '../../core/services/registration-warnings.ts';
import type { ResourceNameRules } from '../../core/services/resource-name-rules.ts';
import type { Caller } from '../_shared/http/api-request.ts';
import type { OperationRequest } from '../_shared/http/operation-request.ts';

/** The dependencies of all operations of this function. */
export interface ApiDeps extends WaitForJobDeps {
  readonly jobs: JobStore;
  readonly links: JobLinks;
  readonly services: ServiceStore;
  /** Cached store for versions that a job has used; a deprecation may become visible late. */
  readonly cachedServices: ServiceStore;
  readonly objects: ObjectStore;
  readonly data: DataStore;
  readonly contents: ContentStore;
  readonly idempotency: IdempotencyStore;
  readonly results: ReusableResults;
  readonly random: Random;
  readonly counters: JobCounters;
  readonly groups: GroupCounters;
  readonly durations: DurationCache;
  readonly batch: BatchDispatcher;
  readonly resources: ServiceResources;
  readonly logs: AttemptLogs;
  readonly executions: ExecutionStarter;
  readonly operations: OperationStore;
  readonly operationQueue: OperationQueue;
  readonly webhooks: WebhookStore;
  readonly webhookSecrets: WebhookSecretStore;
  readonly deliveries: DeliveryStore;
  readonly webhookQueue: WebhookQueue;
  readonly names: NameResolver;
  /** Lets the publisher publish kept changes again. */
  readonly redriveEvents: (input: Omit<RedriveEventsInput, 'budgetEndsAt'>) => Promise<RedriveOutcome>;
  readonly settings: ResourceNameRules &
    Pick<
      Settings,
      'maxHeldCalls' | 'reconcileAfterMs' | 'dataRetentionDays' | 'allowsLoopbackWebhooks' | 'eventLogDays'
    >;
}

/** A request to an operation of this function. */
export interface ApiRequest extends OperationRequest<ApiDeps, APIGatewayProxyEvent> {
  /** Has the route's scope; without tenant and scopes on routes that require no API key. */
  readonly caller: Caller;
  /** Without a trailing slash. */
  readonly baseUrl: string;
}

/** Serves one operation of the route table. */
export type Operation = (request: ApiRequest) => Promise<APIGatewayProxyResult> | APIGatewayProxyResult;
