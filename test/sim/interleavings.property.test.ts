import { describe, expect, test } from 'vitest';
import { planFor } from './plan.ts';
import { runSeed } from './run-seed.ts';
import { simulate } from './simulate.ts';
import type { WebhookLedger } from './webhooks/webhook-ledger.ts';

const seeds = Array.from({ length: 300 }, (_, seed) => seed);

/** How deliveries ended, and why webhooks were disabled or deleted. */
function endsOf(ledger: WebhookLedger | undefined): readonly string[] {
  if (ledger === undefined) return [];
  return [
    ...[...ledger.deliveries.values()].flatMap((history) => history.at(-1)?.value.delivery.status ?? []),
    ...[...ledger.webhooks.values()].flatMap((history) =>
      history.flatMap(({ value }) => (value === undefined ? 'deleted' : (value.disabledReason ?? []))),
    ),
  ];
}

/** What a simulation has recorded, without the clock of its records. */
async function recordedOf(seed: number) {
  const { webhooks, ...outcome } = await simulate(planFor(seed));
  return { ...outcome, webhooks: webhooks && { ...webhooks, moment: undefined } };
}

describe('jobs, data objects and webhooks under any interleaving and any fault of a port', () => {
  test('violate no invariant, and all jobs end in time', async () => {
    const ends = new Set<string>();
    const deletedData = new Set<string>();
    const webhooks = new Set<string>();
    for (const seed of seeds) {
      const outcome = await runSeed(seed);
      if ('message' in outcome)
        throw new Error(`Seed ${seed}: ${outcome.message}\n${outcome.trace.join('\n')}`);
      for (const { status, failure } of outcome.jobs) ends.add(failure?.code ?? status);
      for (const { data } of outcome.data?.tombstones ?? [])
        deletedData.add(`${data.origin.kind} ${data.status}`);
      for (const end of endsOf(outcome.webhooks)) webhooks.add(end);
    }
    const reached = [
      'aborted',
      'succeeded',
      'service-failed',
      'capacity',
      'timeout',
      'lost',
      'queue-timeout',
    ];
    expect([...ends], 'the ends that were reached').toEqual(expect.arrayContaining(reached));
    const kinds = ['upload', 'job'].flatMap((origin) =>
      ['uploading', 'available', 'failed'].map((status) => `${origin} ${status}`),
    );
    const webhookEnds = ['deleted', 'delivered', 'failed', 'failing', 'gone', 'requested'];
    expect([...webhooks].sort(), 'the ends of deliveries and webhooks').toEqual(webhookEnds);
    expect([...deletedData].sort(), 'the data objects that were deleted').toEqual(kinds.sort());
  }, 240_000);

  test('follow the same steps with the same seed', async () => {
    for (const seed of [17, 18]) {
      // Modules that the code imports when it needs them are loaded in the first run, which takes other steps.
      await recordedOf(seed);
      const [one, two] = [await recordedOf(seed), await recordedOf(seed)];
      expect(two).toEqual(one);
      expect((await recordedOf(seed + 2)).changes).not.toEqual(one.changes);
    }
  });
});
