import { expect, test } from 'vitest';
import { Errand } from '../../client/index.ts';

interface Received {
  readonly key: string | null;
  readonly body: { readonly jobs: readonly { readonly name: string }[]; readonly group?: string };
}

type Outcome = { readonly job: object } | { readonly problem: object };

const accept = (name: string): Outcome => ({ job: { id: name, name, status: 'pending' } });
const refuse = (slug: string): Outcome => ({
  problem: { type: `/problems/${slug}`, status: 422, detail: slug },
});

/** A client whose API decides on each submission by its name and the number of the request. */
function clientOf(decide: (name: string, request: number) => Outcome) {
  const received: Received[] = [];
  let open = 0;
  const seen = { mostOpen: 0 };
  const respond = async (_: unknown, init: RequestInit = {}): Promise<Response> => {
    open += 1;
    seen.mostOpen = Math.max(seen.mostOpen, open);
    const body = JSON.parse(String(init.body)) as Received['body'];
    received.push({ key: new Headers(init.headers).get('idempotency-key'), body });
    const request = received.length;
    // An earlier request is answered after a later one.
    await new Promise((resolve) => setTimeout(resolve, request % 2 === 1 ? 20 : 0));
    open -= 1;
    return Response.json({ items: body.jobs.map(({ name }) => decide(name, request)) }, { status: 202 });
  };
  const errand = new Errand({ url: 'http://api.test', apiKey: 'key', fetch: respond });
  return { errand, received, seen };
}

const submissions = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ service: 'echo', name: `${index}`, parameters: {} }));

test('submissions are sent in chunks, and their outcomes are yielded in order', async () => {
  const { errand, received, seen } = clientOf((name) =>
    name === '142' ? refuse('invalid-parameters') : accept(name),
  );
  const options = { idempotencyKey: 'may', group: 'g', concurrency: 3 };
  const outcomes = await Array.fromAsync(errand.jobs.submitMany(submissions(450), options));
  expect(outcomes.map(({ index }) => index)).toEqual(submissions(450).map((_, index) => index));
  expect(outcomes.filter(({ error }) => error !== undefined)).toMatchObject([
    { index: 142, error: { status: 422, code: 'invalid-parameters' } },
  ]);
  expect(outcomes.every(({ index, job }) => job === undefined || job.id === `${index}`)).toBe(true);
  expect(received.map(({ key, body }) => [key, body.jobs.length, body.group])).toEqual([
    ['may/0', 100, 'g'],
    ['may/1', 100, 'g'],
    ['may/2', 100, 'g'],
    ['may/3', 100, 'g'],
    ['may/4', 50, 'g'],
  ]);
  expect(seen.mostOpen).toBe(3);
});

test('a program that starts again sends the same chunks with the same keys, also from a stream', async () => {
  const { errand, received } = clientOf(accept);
  const large = submissions(30).map((each) => ({ ...each, parameters: { text: 'ü'.repeat(50_000) } }));
  async function* stream() {
    yield* large;
  }
  for (const items of [large, stream()])
    await Array.fromAsync(errand.jobs.submitMany(items, { idempotencyKey: 'k', concurrency: 1 }));
  expect(received.length).toBeGreaterThan(4);
  const half = received.length / 2;
  expect(received.slice(half)).toEqual(received.slice(0, half));
});

test('a chunk with items that the API could not check is sent again with the same key', async () => {
  const { errand, received } = clientOf((name, request) =>
    name === '1' && request === 1 ? refuse('unavailable') : accept(name),
  );
  const outcomes = await Array.fromAsync(errand.jobs.submitMany(submissions(3)));
  expect(outcomes.map(({ job }) => job?.id)).toEqual(['0', '1', '2']);
  expect(received).toHaveLength(2);
  expect(received[1]).toEqual(received[0]);
});

test('no more submissions are taken than are needed', async () => {
  const { errand } = clientOf(accept);
  let taken = 0;
  function* endless() {
    for (;;) {
      taken += 1;
      yield { service: 'echo', name: `${taken}`, parameters: {} };
    }
  }
  for await (const { index } of errand.jobs.submitMany(endless(), { concurrency: 2 }))
    if (index === 50) break;
  expect(taken).toBe(201);
});
