import { describe, expect, test } from 'vitest';
import { listChildren } from '../../../../core/jobs/queries/list-children.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { aJob, someTime } from '../../../support/jobs/jobs.ts';
import { testDeps } from '../../../support/jobs/test-deps.ts';

describe('listChildren', () => {
  test('ends a page before it exceeds the response limit of a function, and continues after it', async () => {
    const deps = testDeps();
    const parent = aJob({ hasChildren: true });
    await deps.jobs.insert(parent);
    const ids = Array.from({ length: 700 }, (_, index) => jobIdAt(someTime + 1, BigInt(index)));
    for (const id of ids) {
      await deps.jobs.insert(aJob({ id, parentId: parent.id, metadata: { note: '"'.repeat(2000) } }));
      const link = { tenant: parent.tenant, kind: 'child', anchorId: parent.id, jobId: id } as const;
      await deps.links.add({ ...link, madeAt: someTime });
    }
    const key = { tenant: parent.tenant, jobId: parent.id };
    const first = await listChildren(deps, { key, limit: 1000 });
    expect(first.jobs.length).toBeLessThan(700);
    const rest = await listChildren(deps, { key, limit: 1000, cursor: first.nextCursor });
    expect([...first.jobs, ...rest.jobs].map(({ id }) => id)).toEqual(ids);
    expect(rest.nextCursor).toBeUndefined();
  });
});
