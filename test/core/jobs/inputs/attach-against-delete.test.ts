import { expect, test } from 'vitest';
import { isUnstarted } from '../../../../core/contract/job-state.ts';
import type { DataObject } from '../../../../core/data/model/data-object.ts';
import { startJob } from '../../../../core/jobs/submission/start-job.ts';
import { everyInterleaving } from '../../../support/interleave.ts';
import { type InputWorld, inputWorld, keyOf } from './input-world.ts';

type Deps = InputWorld['deps'];

const ports = ['jobs', 'links', 'data'] as const;

/** Every job that runs or may run still has its inputs. */
async function checkInputsExist(world: InputWorld): Promise<void> {
  const { jobs } = await world.deps.jobs.list({ tenant: 'local', limit: 10 });
  for (const job of jobs) {
    if (isUnstarted(job.status)) continue;
    const ids = Object.values(await world.inputsOf(job)).flatMap((slot) => slot.map(({ id }) => id));
    for (const id of ids) expect(await world.deps.data.get({ tenant: 'local', dataId: id })).toBeDefined();
  }
}

/** The outcome of a process that may be refused. */
async function isRefused(call: Promise<unknown>): Promise<boolean> {
  return call.then(
    () => false,
    () => true,
  );
}

test('of a submission and the deletion of its input, in any order of their steps, at most one succeeds', async () => {
  const outcomes = new Set<string>();
  const orders = await everyInterleaving(ports, async () => {
    const world = await inputWorld();
    const table = await world.uploaded();
    const refused = { submit: false, remove: false };
    return {
      deps: world.deps,
      processes: [
        async (deps: Deps) => {
          refused.submit = await isRefused(world.submit({ inputs: { table: [table.id] } }, deps));
        },
        async (deps: Deps) => {
          refused.remove = await isRefused(world.remove(table, deps));
        },
      ],
      check: async () => {
        await checkInputsExist(world);
        expect(await world.exists(table)).toBe(refused.remove);
        expect(refused.submit || refused.remove).toBe(true);
        outcomes.add(JSON.stringify(refused));
      },
    };
  });
  expect(orders).toBeGreaterThan(50);
  expect(outcomes).toContain('{"submit":true,"remove":false}');
  expect(outcomes).toContain('{"submit":false,"remove":true}');
});

test('of the start of a draft and the deletion of its input, in any order of their steps, only the start succeeds', async () => {
  await everyInterleaving(ports, async () => {
    const world = await inputWorld();
    const table = await world.uploaded();
    const draft = await world.submit({ start: false, inputs: { table: [table.id] } });
    const key = keyOf(draft);
    let isKept = false;
    return {
      deps: world.deps,
      processes: [
        async (deps: Deps) => startJob(deps, { key }),
        async (deps: Deps) => {
          isKept = await isRefused(world.remove(table, deps));
        },
      ],
      check: async () => {
        expect(isKept).toBe(true);
        expect(await world.stored(draft)).toMatchObject({ status: 'pending' });
        await checkInputsExist(world);
      },
    };
  });
});

test('after an edit that adds an input and a deletion of it, in any order of their steps, a started job has its input', async () => {
  await everyInterleaving(ports, async () => {
    const world = await inputWorld();
    const table = await world.uploaded();
    const draft = await world.submit({ start: false });
    return {
      deps: world.deps,
      processes: [
        async (deps: Deps) => world.edit(draft, { table: [table.id] }, deps),
        async (deps: Deps) => world.remove(table, deps),
      ],
      check: async () => {
        const isStarted = !(await isRefused(startJob(world.deps, { key: keyOf(draft) })));
        expect(isStarted).toBe(await world.exists(table));
        await checkInputsExist(world);
      },
    };
  });
});

test('an edit that removes an input and one that adds it again, in any order of their steps, leave the link of an input', async () => {
  await everyInterleaving(ports, async () => {
    const world = await inputWorld();
    const table = await world.uploaded();
    const draft = await world.submit({ start: false, inputs: { table: [table.id] } });
    const edit = (table_: DataObject | undefined) => async (deps: Deps) =>
      world.edit(draft, { table: table_ === undefined ? null : [table_.id] }, deps);
    return {
      deps: world.deps,
      processes: [edit(undefined), edit(table)],
      check: async () => {
        const isUsed = 'table' in (await world.inputsOf(draft));
        const { links } = await world.deps.links.list({
          tenant: 'local',
          kind: 'use',
          anchorId: table.id,
          limit: 1,
        });
        expect(links.length).toBe(isUsed ? 1 : 0);
      },
    };
  });
});
