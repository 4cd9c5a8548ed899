import { webhookUrn } from '../../contract/names.ts';
import type { JobEvent } from '../../contract/schemas/event-schemas.ts';
import { deletedEvent } from '../../events/deleted-event.ts';
import { jobEvents } from '../../events/job-events.ts';
import type { JobStore } from '../../ports/job-store.ts';
import type { Settings } from '../../ports/settings.ts';
import type { DeliveryKey } from '../../ports/webhooks/delivery-store.ts';
import { parseDeliveryId } from '../model/delivery.ts';

export interface DeliveredEventDeps {
  readonly jobs: Pick<JobStore, 'get' | 'tombstone'>;
  readonly settings: Pick<Settings, 'apiBaseUrl'>;
}

/** The event of a test delivery: a CloudEvent about the webhook instead of a job. */
interface TestEvent
  extends Pick<
    JobEvent,
    'specversion' | 'id' | 'source' | 'type' | 'subject' | 'time' | 'datacontenttype' | 'tenant'
  > {
  readonly data: { readonly webhookId: string };
}

/**
 * Returns the event that a delivery carries: the one that the bus and the log of the job have, or a test event. Undefined if the job
 * has no such event.
 */
export async function readDeliveredEvent(
  { jobs, settings }: DeliveredEventDeps,
  key: DeliveryKey,
): Promise<JobEvent | TestEvent | undefined> {
  const delivered = parseDeliveryId(key.deliveryId);
  if (delivered === undefined) return undefined;
  const { sequence, jobId, at } = delivered;
  if (sequence === 0) return testEvent(key, { eventId: jobId, at, baseUrl: settings.apiBaseUrl });
  const jobKey = { tenant: key.tenant, jobId };
  const job = await jobs.get(jobKey);
  if (job !== undefined) return jobEvents(job, settings.apiBaseUrl, sequence - 1)[0];
  const tombstone = await jobs.tombstone(jobKey);
  if (tombstone === undefined) return undefined;
  const events = [
    ...jobEvents(tombstone.job, settings.apiBaseUrl),
    deletedEvent(tombstone, settings.apiBaseUrl),
  ];
  return events[sequence - 1];
}

function testEvent(
  { tenant, webhookId }: DeliveryKey,
  { eventId, at, baseUrl }: { readonly eventId: string; readonly at: number; readonly baseUrl: string },
): TestEvent {
  return {
    specversion: '1.0',
    id: `${eventId}/0`,
    source: baseUrl,
    type: 'errand.webhook.test',
    subject: webhookUrn(webhookId),
    time: new Date(at).toISOString(),
    datacontenttype: 'application/json',
    tenant,
    data: { webhookId },
  };
}
