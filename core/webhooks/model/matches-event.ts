import type { JobEvent } from '../../contract/schemas/event-schemas.ts';
import type { WebhookFilter } from './webhook.ts';

const typePrefix = 'errand.job.';

/** Whether an event matches all filters of a webhook. */
export function matchesEvent({ states, services, tags }: WebhookFilter, { type, data }: JobEvent): boolean {
  const state = type.slice(typePrefix.length);
  return (
    (states.length === 0 || states.some((one) => one === state)) &&
    (services.length === 0 || (data.service !== undefined && services.includes(data.service.name))) &&
    (tags.length === 0 || data.tags.some((tag) => tags.includes(tag)))
  );
}
