import { describe, expect, test } from 'vitest';
import { abortJob } from '../../../../core/jobs/relations/abort-job.ts';
import { rerunJob } from '../../../../core/jobs/submission/rerun-job.ts';
import { validateSubmission } from '../../../../core/jobs/submission/validate-submission.ts';
import { dyingProcess } from '../../../support/memory/dying-process.ts';
import { inputWorld, keyOf, violationsOf } from './input-world.ts';

const missingId = '01a1fd71-2cd5-7000-8000-00000000ffff';

describe('a submission with inputs', () => {
  test('stores the data objects with their names, and a link from each of them', async () => {
    const world = await inputWorld();
    const [table, extra] = [await world.uploaded(), await world.uploaded('image/png')];
    const job = await world.submit({
      inputs: { table: [`urn:errand:data:${table.id.toUpperCase()}`], extras: [extra.id, table.id] },
    });
    const shown = ({ id, mediaType }: typeof table) => ({ id, name: 'table.csv', mediaType, sizeBytes: 8 });
    expect(await world.inputsOf(job)).toEqual({
      table: [shown(table)],
      extras: [shown(extra), shown(table)],
    });
    expect(job.status).toBe('pending');
    for (const data of [table, extra]) expect(await world.usersOf(data)).toEqual([job.id]);
    expect(world.deps.executions.starts).toHaveLength(1);
  });

  test('is refused with every violation and its pointer, and creates no job', async () => {
    const world = await inputWorld();
    const [csv, json] = [
      await world.uploaded('Text/CSV; charset=utf-8'),
      await world.uploaded('application/json'),
    ];
    const uploading = await world.uploading();
    const foreign = await world.uploaded('text/csv', 'another');
    const refusals = [
      [{}, ['/inputs/table required']],
      [{ table: [] }, ['/inputs/table required']],
      [{ table: [csv.id], 'a~b/c': [csv.id] }, ['/inputs/a~0b~1c slot']],
      [{ table: [csv.id, csv.id] }, ['/inputs/table maxItems', '/inputs/table/1 uniqueItems']],
      [{ table: [json.id] }, ['/inputs/table/0 mediaType']],
      [{ table: [uploading.id] }, ['/inputs/table/0 available']],
      [
        { table: [csv.id], extras: [missingId, csv.id, foreign.id] },
        ['/inputs/extras/0 exists', '/inputs/extras/2 exists'],
      ],
      [{ table: [csv.id], extras: Array.from({ length: 100 }, () => csv.id) }, ['/inputs maxItems']],
    ] as const;
    for (const [inputs, violations] of refusals) {
      const mutable = Object.fromEntries(Object.entries(inputs).map(([slot, ids]) => [slot, [...ids]]));
      expect(await violationsOf(world.submit({ inputs: mutable }))).toEqual(violations);
      const input = { tenant: 'local', submission: { service: 'profile', inputs: mutable } };
      expect(await violationsOf(validateSubmission(world.deps, input))).toEqual(violations);
    }
    expect(await violationsOf(world.submit({ service: 'echo', inputs: { table: [csv.id] } }))).toEqual([
      '/inputs/table slot',
    ]);
    expect((await world.deps.jobs.list({ tenant: 'local', limit: 10 })).jobs).toEqual([]);
  });

  test('describes an object of another tenant like one that does not exist', async () => {
    const world = await inputWorld();
    const foreign = await world.uploaded('text/csv', 'another');
    const detailOf = (id: string) =>
      world.submit({ inputs: { table: [id] } }).then(String, (error: Error) => error.message.replace(id, ''));
    expect(await detailOf(foreign.id)).toBe(await detailOf(missingId));
  });

  test('is created once when its process dies anywhere and the caller repeats the request', async () => {
    for (let atCall = 1; ; atCall += 1) {
      const world = await inputWorld();
      const table = await world.uploaded();
      const submission = { service: 'profile', inputs: { table: [table.id] } };
      const idempotency = { key: 'once', fingerprint: 'same' };
      const submit = (deps: typeof world.deps) =>
        import('../../../../core/jobs/submission/submit-job.ts').then(({ submitJob }) =>
          submitJob(deps, { tenant: 'local', owner: 'key-1', submission, idempotency }),
        );
      const names = ['jobs', 'links', 'data', 'idempotency'] as const;
      const dying = dyingProcess(world.deps, names, { atCall, effect: true });
      const died = await submit(dying.deps).then(
        () => false,
        () => true,
      );
      const { job } = await submit(world.deps);
      expect(await world.usersOf(table)).toEqual([job.id]);
      expect((await world.deps.jobs.list({ tenant: 'local', limit: 10 })).jobs).toHaveLength(1);
      if (!died) break;
    }
  });

  test('without inputs and for a service without slots makes no call for data objects', async () => {
    const world = await inputWorld();
    const calls: string[] = [];
    const counted = (name: string) => async () => {
      calls.push(name);
      return [];
    };
    const data = { ...world.deps.data, getMany: counted('getMany') };
    await world.submit({ service: 'echo' }, { ...world.deps, data });
    expect(calls).toEqual([]);
  });
});

describe('a rerun', () => {
  test('uses the inputs of the job, unless its body has others', async () => {
    const world = await inputWorld();
    const [table, other] = [await world.uploaded(), await world.uploaded()];
    const job = await world.submit({ inputs: { table: [table.id] } });
    await abortJob(world.deps, { key: keyOf(job), by: 'me' });
    const rerun = (changes: object) =>
      rerunJob(world.deps, { tenant: 'local', owner: 'key-1', jobId: job.id, changes }).then(
        ({ job: again }) => again,
      );
    const same = await rerun({});
    expect(await world.inputsOf(same)).toEqual(await world.inputsOf(job));
    const changed = await rerun({ inputs: { table: [other.id] } });
    expect(await world.inputsOf(changed)).toMatchObject({ table: [{ id: other.id }] });
    expect(await world.usersOf(table)).toEqual([job.id, same.id]);
    expect(await world.usersOf(other)).toEqual([changed.id]);
  });
});

describe('a sub-job', () => {
  test('has the links to its parent and to its inputs', async () => {
    const world = await inputWorld();
    const table = await world.uploaded();
    const parent = await world.submit({ inputs: { table: [table.id] } });
    const child = await world.submit({ inputs: { table: [table.id] }, parentId: parent.id });
    expect(await world.usersOf(table)).toEqual([parent.id, child.id]);
    expect(await world.stored(parent)).toMatchObject({ hasChildren: true });
  });
});
