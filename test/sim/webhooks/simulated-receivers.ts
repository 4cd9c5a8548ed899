import type { WebhookResponse } from '../../../core/webhooks/model/response.ts';
import type { Scheduler } from '../scheduler.ts';
import type { SeededRandom } from '../seeded-random.ts';
import { awayPath } from './any-webhook.ts';
import type { Post } from './webhook-ledger.ts';
import { anyOf, type Weighted } from './weighted.ts';

/** The receivers behind all URLs, each of which changes its behavior at random times. */
export interface SimulatedReceivers {
  /** The response that the sender gets; records in `post` whether the receiver has the event. */
  respond(post: Post): Promise<WebhookResponse>;
  /** From now on, the receiver at a URL responds with 410. */
  retire(url: string): void;
}

interface Environment {
  readonly random: SeededRandom;
  readonly time: Scheduler;
}

type Behavior = (environment: Environment, post: Post) => Promise<WebhookResponse>;

interface Phase {
  readonly behavior: Behavior;
  /** In milliseconds since 1970. */
  readonly until: number;
}

const [minuteMs, hourMs, dayMs] = [60_000, 3_600_000, 86_400_000];

export function simulatedReceivers(environment: Environment): SimulatedReceivers {
  const phases = new Map<string, Phase>();
  const phaseOf = (url: string): Phase => {
    const known = phases.get(url);
    if (known !== undefined && environment.time.now() < known.until) return known;
    const next = url.includes(awayPath) ? awayPhase(environment) : anyPhase(environment);
    phases.set(url, next);
    return next;
  };
  return {
    respond: (post) => phaseOf(post.request.url).behavior(environment, post),
    retire: (url) => void phases.set(url, { behavior: isGone, until: environment.time.now() + dayMs }),
  };
}

const behaviors: ReadonlyArray<Weighted<Behavior>> = [
  [42, works],
  [15, failsOften],
  [8, isSlow],
  [5, hangs],
  [5, isGone],
  [10, isBusy],
  [15, vanished],
];

/** Half of the receivers whose owners are away are gone for many days. */
function awayPhase(environment: Environment): Phase {
  const { random, time } = environment;
  if (random.happens(0.5)) return anyPhase(environment);
  return { behavior: vanished, until: time.now() + random.whole(6 * dayMs, 14 * dayMs) };
}

function anyPhase({ random, time }: Environment): Phase {
  const behavior = anyOf(random, behaviors);
  const isLong = random.happens(behavior === vanished ? 0.7 : 0.4);
  const lasts = isLong ? random.whole(hourMs, 10 * dayMs) : random.whole(minuteMs, 40 * minuteMs);
  return { behavior, until: time.now() + lasts };
}

function responded(status: number, retryAfter?: string): WebhookResponse {
  return { kind: 'response', status, answer: '', ...(retryAfter === undefined ? {} : { retryAfter }) };
}

function accepted(post: Post): WebhookResponse {
  post.isAccepted = true;
  return responded(204);
}

async function works({ random, time }: Environment, post: Post): Promise<WebhookResponse> {
  await time.sleep(random.whole(0, 1500));
  return accepted(post);
}

async function failsOften(environment: Environment, post: Post): Promise<WebhookResponse> {
  const { random, time } = environment;
  await time.sleep(random.whole(0, 1500));
  if (random.happens(0.4)) return responded([302, 404, 500, 503][random.whole(0, 3)] ?? 500);
  const response = accepted(post);
  return random.happens(0.2) ? { kind: 'error', error: 'The response was lost' } : response;
}

async function isSlow({ random, time }: Environment, post: Post): Promise<WebhookResponse> {
  await time.sleep(random.whole(1900, 14_000));
  return random.happens(0.7) ? accepted(post) : responded(503);
}

/** Half of the calls end after 15 s, as the sender promises, and the others never. */
async function hangs({ random, time }: Environment): Promise<WebhookResponse> {
  if (random.happens(0.5)) return new Promise(() => {});
  await time.sleep(15_000);
  return { kind: 'error', error: 'No response within 15 s' };
}

async function isGone({ random, time }: Environment): Promise<WebhookResponse> {
  await time.sleep(random.whole(0, 6000));
  return responded(410);
}

async function isBusy({ random, time }: Environment, post: Post): Promise<WebhookResponse> {
  await time.sleep(random.whole(0, 500));
  if (random.happens(0.2)) return accepted(post);
  const seconds = random.happens(0.7) ? random.whole(1, 1500) : random.whole(1500, 200_000);
  const date = new Date(time.now() + seconds * 1000).toUTCString();
  return responded(random.happens(0.5) ? 429 : 503, random.happens(0.5) ? String(seconds) : date);
}

async function vanished({ random, time }: Environment): Promise<WebhookResponse> {
  await time.sleep(random.whole(0, 1000));
  return { kind: 'error', error: 'The connection was refused' };
}
