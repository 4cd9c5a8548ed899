import type { Outcome } from '../../simulate.ts';
import { checkDelivery } from './check-delivery.ts';
import { checkDisabling } from './check-disabling.ts';
import { checkEvents } from './check-events.ts';
import { checkPost } from './check-post.ts';
import { checkRequests } from './check-requests.ts';

/** Throws unless the outcome keeps every promise about webhooks; the message names the event, the delivery or the webhook. */
export function checkWebhooks({ webhooks: ledger, changes }: Pick<Outcome, 'webhooks' | 'changes'>): void {
  if (ledger === undefined) return;
  for (const processing of ledger.processings) checkPost(ledger, processing, changes);
  for (const history of ledger.deliveries.values()) checkDelivery(ledger, history);
  checkEvents(ledger, changes);
  checkDisabling(ledger);
  checkRequests(ledger);
}
