import { ProblemError } from '../../../core/contract/problems/problem-error.ts';
import { createWebhook } from '../../../core/webhooks/create-webhook.ts';
import { dyingAfter, InjectedFault, unlessInjected } from '../faulty.ts';
import { untilServed } from '../until-served.ts';
import { anyFilter, anyUrl, awayPath } from './any-webhook.ts';
import type { Owner, OwnerEnvironment } from './owner.ts';
import { ownerActions, rareActions } from './owner-actions.ts';
import type { WebhookPorts } from './webhook-ports.ts';
import { anyOf } from './weighted.ts';

const dayMs = 86_400_000;

/** An owner that creates a webhook, and changes and uses it for some minutes or days. */
export async function simulateOwner(
  environment: OwnerEnvironment,
  { tenant, name }: { readonly tenant: string; readonly name: string },
): Promise<void> {
  const { random, time, ports } = environment;
  await time.sleep(random.whole(0, random.happens(0.7) ? 1000 : 600_000));
  // Some only find out days later what became of their webhook.
  const isAway = random.happens(0.25);
  const path = isAway ? `${awayPath}${name}` : `/${name}`;
  const description = { url: anyUrl(random, tenant, path), ...anyFilter(random) };
  const input = { tenant, description, idempotency: { key: name, fingerprint: name } };
  const create = () => untilServed(() => createWebhook(ports(), input));
  const created = await create();
  if (created === 'refused') throw new Error(`${name}: its webhook was not created`);
  const webhookId = created.webhook.id;
  const again = random.happens(0.3) ? await create() : created;
  if (again === 'refused' || again.webhook.id !== webhookId)
    throw new Error(`${webhookId}: the same request did not find it`);
  for (let actions = random.whole(1, 7); actions > 0; actions -= 1) {
    await time.sleep(random.whole(0, !isAway && random.happens(0.65) ? 900_000 : 2 * dayMs));
    const request = random.happens(0.9) ? patient(ports) : dying(ports, random.whole(0, 5));
    const act = anyOf(random, isAway ? rareActions : ownerActions);
    await act({ ...environment, key: { tenant, webhookId }, path, request });
  }
}

/** Repeats a request until its response. */
function patient(ports: () => WebhookPorts): Owner['request'] {
  return async (call) => {
    const result = await untilServed(() => unlessUnsent(call(ports())));
    return result === 'refused' ? undefined : result;
  };
}

/** A request is repeated if the queue did not accept its message, for which the response is `unavailable`. */
async function unlessUnsent<Result>(result: Promise<Result>): Promise<Result> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof ProblemError && error.slug === 'unavailable') throw new InjectedFault(error.message);
    throw error;
  }
}

/** Sends each request once, and dies at one of its calls. */
function dying(ports: () => WebhookPorts, calls: number): Owner['request'] {
  return async (call) => {
    try {
      return await unlessInjected(unlessUnsent(call(dyingAfter(ports(), calls))));
    } catch (error) {
      if (error instanceof ProblemError) return undefined;
      throw error;
    }
  };
}
