import type { NewWebhook, WebhookState } from '../../../core/contract/schemas/webhook-schemas.ts';
import type { SeededRandom } from '../seeded-random.ts';

const endStates: readonly WebhookState[] = ['succeeded', 'failed', 'error', 'aborted'];

/** In the URLs of owners who return only days later. */
export const awayPath = '/away/';

/** Each URL says which tenant it belongs to. */
export function anyUrl(random: SeededRandom, tenant: string, path: string): string {
  return `https://${tenant}.example${path}/${random.whole(0, 2)}`;
}

export function anyFilter(random: SeededRandom): Pick<NewWebhook, 'states' | 'services' | 'tags'> {
  const ends = endStates.filter(() => random.happens(0.5));
  return {
    states: random.happens(0.5) ? [] : random.happens(0.5) ? ends : ['pending', 'deleted'],
    services: random.happens(0.8) ? [] : random.happens(0.5) ? ['echo'] : ['patient', 'box'],
    tags: random.happens(0.9) ? [] : ['t1'],
  };
}
