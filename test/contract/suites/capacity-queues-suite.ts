import { beforeEach, describe, expect, test } from 'vitest';
import type { CapacityQueues, Congestion } from '../../../core/ports/capacity-queues.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { someTime } from '../../support/jobs/jobs.ts';

const target = 'lambda:errand-service-echo';

function aCongestion(given: Partial<Congestion> = {}): Congestion {
  return {
    target,
    until: someTime + 60_000,
    refusals: 0,
    started: 0,
    probeId: 1,
    probeAt: someTime + 5000,
    probeSize: 1,
    pauseSeconds: 5,
    ...given,
  };
}

function aJob(tenant: string, at: number, priority = 0) {
  return { tenant, jobId: jobIdAt(someTime + at), priority };
}

/** The contract of all capacity queues; `makeStore` returns empty ones for each test. */
export function describeCapacityQueues(makeStore: () => Promise<CapacityQueues> | CapacityQueues): void {
  describe('capacity queues', () => {
    let queues: CapacityQueues;
    beforeEach(async () => {
      queues = await makeStore();
    });
    const names = async (limit = 20) =>
      (await queues.next(target, limit)).map(({ tenant, jobId }) => `${tenant} ${jobId}`);
    const nameOf = ({ tenant, jobId }: { tenant: string; jobId: string }) => `${tenant} ${jobId}`;

    test('list a target from its first write until its end', async () => {
      expect(await queues.read(target)).toBeUndefined();
      expect(await queues.write(aCongestion(), undefined)).toBe('written');
      expect(await queues.read(target)).toEqual(aCongestion());
      expect(await queues.congestedTargets(someTime)).toEqual([target]);
      expect(await queues.end(target, 1)).toBe('ended');
      expect(await queues.read(target)).toBeUndefined();
      expect(await queues.congestedTargets(someTime)).toEqual([]);
    });

    test('list no target whose congestion has ended', async () => {
      await queues.write(aCongestion(), undefined);
      await queues.write(aCongestion({ target: 'batch', until: someTime + 1 }), undefined);
      expect(await queues.congestedTargets(someTime + 1)).toEqual([target]);
      expect(await queues.congestedTargets(someTime + 60_000)).toEqual([]);
    });

    test('let exactly one of many writers write the next probe', async () => {
      const first = [1, 2, 3].map((probe) => queues.write(aCongestion({ probeId: probe }), undefined));
      expect((await Promise.all(first)).filter((one) => one === 'written')).toHaveLength(1);
      const probe = (await queues.read(target))?.probeId;
      const next = [11, 12, 13].map((one) =>
        queues.write(aCongestion({ probeId: one, probeSize: 2 }), probe),
      );
      expect((await Promise.all(next)).filter((one) => one === 'written')).toHaveLength(1);
      expect((await queues.read(target))?.probeSize).toBe(2);
      expect(await queues.end(target, 1)).toBe('conflict');
    });

    test('count the refusals of a congested target until the next probe is written, and of no other target', async () => {
      expect(await queues.noteRefusal(target)).toBeUndefined();
      expect(await queues.read(target)).toBeUndefined();
      await queues.write(aCongestion(), undefined);
      const counted = await Promise.all([1, 2, 3].map(() => queues.noteRefusal(target)));
      expect(counted.map((known) => known?.refusals).sort()).toEqual([1, 2, 3]);
      expect(await queues.read(target)).toEqual(aCongestion({ refusals: 3 }));
      await queues.write(aCongestion({ probeId: 2, started: 5 }), 1);
      expect(await queues.read(target)).toEqual(aCongestion({ probeId: 2, started: 5 }));
    });

    test('return each job once, by priority and then by age', async () => {
      const [young, old, urgent] = [aJob('acme', 5), aJob('acme', 1), aJob('acme', 9, 3600)];
      for (const job of [young, old, urgent, young]) await queues.add(target, job, someTime);
      expect(await queues.next(target, 20)).toEqual([urgent, old, young]);
      expect(await queues.next(target, 2)).toEqual([urgent, old]);
      expect(await queues.next('batch', 20)).toEqual([]);
    });

    test('assign a job to exactly one of many callers', async () => {
      const job = aJob('acme', 1);
      await queues.add(target, job, someTime);
      const taken = await Promise.all([1, 2, 3].map(() => queues.take(target, job)));
      expect(taken.filter(Boolean)).toHaveLength(1);
      expect(await queues.next(target, 20)).toEqual([]);
    });

    test('alternate between tenants, also when their names share a prefix', async () => {
      await queues.write(aCongestion(), undefined);
      const all = ['a', 'a-b', 'ab', 'b'].flatMap((tenant) => [aJob(tenant, 1), aJob(tenant, 2)]);
      for (const job of all) await queues.add(target, job, someTime);
      const order: string[] = [];
      for (;;) {
        const [job] = await queues.next(target, 1);
        if (job === undefined) break;
        expect(await queues.take(target, job)).toBe(true);
        order.push(job.tenant);
      }
      expect(order).toEqual(['a', 'a-b', 'ab', 'b', 'a', 'a-b', 'ab', 'b']);
    });

    test('start again after the last name, and return no job twice', async () => {
      await queues.write(aCongestion(), undefined);
      const [a, b, c] = [aJob('a', 1), aJob('b', 1), aJob('c', 1)];
      for (const job of [a, b, c, aJob('b', 0)]) await queues.add(target, job, someTime);
      await queues.take(target, aJob('b', 0));
      expect(await names()).toEqual([c, a, b].map(nameOf));
      expect(await names(2)).toEqual([c, a].map(nameOf));
    });

    test('remember the tenant served last when the next probe is written', async () => {
      await queues.write(aCongestion(), undefined);
      for (const job of [aJob('a', 1), aJob('a', 2), aJob('b', 1)]) await queues.add(target, job, someTime);
      await queues.take(target, aJob('a', 1));
      await queues.write(aCongestion({ probeId: 2 }), 1);
      expect((await queues.next(target, 1))[0]?.tenant).toBe('b');
    });
  });
}
