import { expect, test } from 'vitest';
import { reconcile } from '../../../../core/jobs/reconciler/reconcile.ts';
import { everyInterleaving } from '../../../support/interleave.ts';
import { type ReuseWorld, reuseWorld } from './reuse-world.ts';

type Deps = ReuseWorld['deps'];

const ports = ['jobs', 'links'] as const;

/** A deletion that saw the link of a reuse that was given up then is continued by the reconciler. */
async function pass({ deps }: ReuseWorld): Promise<void> {
  await deps.clock.sleep(60_000);
  await reconcile(deps, { budgetEndsAt: Number.POSITIVE_INFINITY });
}

test('of a reuse and the deletion of the earlier job, in any order of their steps, only one succeeds', async () => {
  const outcomes = new Set<string>();
  const orders = await everyInterleaving(ports, async () => {
    const world = await reuseWorld();
    const { job: earlier } = await world.run(await world.submit(), 'x'.repeat(5000));
    const outcome = { reused: false, deleted: false };
    return {
      deps: world.deps,
      processes: [
        async (deps: Deps) => {
          const { reusedFrom } = await world.reusing({}, {}, deps);
          outcome.reused = reusedFrom === earlier.id;
        },
        async (deps: Deps) => {
          outcome.deleted = await world.remove(earlier, {}, deps).then(
            () => true,
            () => false,
          );
        },
      ],
      check: async () => {
        await pass(world);
        expect((await world.stored(earlier)) === undefined).toBe(outcome.deleted);
        expect(outcome.reused && outcome.deleted).toBe(false);
        outcomes.add(JSON.stringify(outcome));
      },
    };
  });
  expect(orders).toBeGreaterThan(50);
  expect(outcomes).toContain('{"reused":true,"deleted":false}');
  expect(outcomes).toContain('{"reused":false,"deleted":true}');
});

test('a reuse and the deletion of the parent of the earlier job, in any order of their steps, lose no result', async () => {
  const outcomes = new Set<string>();
  const orders = await everyInterleaving(['links', 'results'], async () => {
    const world = await reuseWorld();
    const parent = await world.submit({ service: 'echo' });
    const { job: earlier } = await world.run(await world.submit({ parentId: parent.id }));
    const { job: ended } = await world.run((await world.stored(parent)) ?? parent);
    let reusedFrom: string | undefined;
    return {
      deps: world.deps,
      processes: [
        async (deps: Deps) => {
          ({ reusedFrom } = await world.reusing({}, {}, deps));
        },
        async (deps: Deps) => {
          await world.remove(ended, { withChildren: true }, deps).catch(() => undefined);
        },
      ],
      check: async () => {
        await pass(world);
        outcomes.add(reusedFrom === undefined ? 'ran' : 'reused');
        if (reusedFrom !== undefined) expect(await world.stored(earlier)).toBeDefined();
        // A deletion that was accepted before the reuse would otherwise wait for the new job.
        expect((await world.stored(ended))?.cascade).toBeUndefined();
      },
    };
  });
  expect(orders).toBeGreaterThan(5);
  expect([...outcomes].sort()).toEqual(['ran', 'reused']);
});

test('two submissions with one idempotency key, in any order of their steps, create one job', async () => {
  await everyInterleaving(ports, async () => {
    const world = await reuseWorld();
    await world.run(await world.submit());
    const idempotency = { key: 'k', fingerprint: 'f' };
    const ids = new Set<string>();
    const submit = async (deps: Deps) => {
      ids.add((await world.reusing({}, { idempotency }, deps)).id);
    };
    return {
      deps: world.deps,
      processes: [submit, submit],
      check: async () => {
        expect(ids.size).toBe(1);
        const { jobs } = await world.deps.jobs.list({ tenant: 'local', limit: 10 });
        expect(jobs).toHaveLength(2);
      },
    };
  });
});
