import { beforeAll, expect, test } from 'vitest';
import type { JobLink, JobLinks, LinkQuery } from '../../../core/ports/job-links.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { someTime } from '../../support/jobs/jobs.ts';

/** The contract of every store of links. `makeLinks` returns an empty one; the caller cleans up. */
export function describeJobLinks(makeLinks: () => Promise<JobLinks>): void {
  let links: JobLinks;
  let made = 0;
  beforeAll(async () => {
    links = await makeLinks();
  });

  const freshId = () => {
    made += 1;
    return jobIdAt(someTime, BigInt(made));
  };
  const linkOf = (given: Partial<JobLink> = {}): JobLink => ({
    tenant: 'local',
    kind: 'child',
    anchorId: freshId(),
    jobId: freshId(),
    madeAt: someTime,
    ...given,
  });
  const all = async (end: Omit<LinkQuery, 'limit'>) => (await links.list({ ...end, limit: 100 })).links;

  test('returns the links of one end in the order of the IDs', async () => {
    const first = linkOf();
    const second = linkOf({ anchorId: first.anchorId, madeAt: someTime - 5 });
    for (const link of [second, first]) await links.add(link);
    expect(await all(first)).toStrictEqual([first, second]);
  });

  test('separates links to other jobs, of other tenants, and of another kind', async () => {
    const link = linkOf();
    await links.add(link);
    await links.add(linkOf({ anchorId: link.jobId }));
    await links.add({ ...link, tenant: 'other', madeAt: 1 });
    await links.add({ ...link, kind: 'dependent', madeAt: 2 });
    expect(await all(link)).toStrictEqual([link]);
    expect(await all({ ...link, kind: 'dependent' })).toStrictEqual([
      { ...link, kind: 'dependent', madeAt: 2 },
    ]);
    expect(await all({ ...link, anchorId: freshId() })).toStrictEqual([]);
  });

  test('replaces the time of a link that is added again, and adds no second link', async () => {
    const link = linkOf();
    await links.add(link);
    await links.add({ ...link, madeAt: someTime + 9 });
    expect(await all(link)).toStrictEqual([{ ...link, madeAt: someTime + 9 }]);
  });

  test('returns the try that first wrote a link, also when it writes the link again', async () => {
    const link = linkOf();
    expect(await links.add(link, 'one')).toBe('first');
    expect(await links.add(link, 'one')).toBe('first');
    expect(await links.add(link, 'two')).toBe('again');
    expect(await links.add(link, 'one')).toBe('again');
    const unnamed = linkOf();
    expect(await links.add(unnamed)).toBe('first');
    expect(await links.add(unnamed)).toBe('again');
  });

  test('abandons the link of a try: the link stays with the time 0 until another try writes it', async () => {
    const link = linkOf();
    await links.add(link, 'one');
    await links.abandon(link, 'one');
    expect(await all(link)).toStrictEqual([{ ...link, madeAt: 0 }]);
    expect(await links.add(link, 'two')).toBe('first');
    expect(await all(link)).toStrictEqual([link]);
  });

  test('does not abandon a link that another try has written since, or a missing link', async () => {
    const link = linkOf();
    await links.abandon(link, 'one');
    expect(await all(link)).toStrictEqual([]);
    await links.add(link, 'one');
    await links.add(link, 'two');
    await links.abandon(link, 'one');
    expect(await all(link)).toStrictEqual([link]);
    await links.add(link);
    for (const tryId of ['one', 'two']) await links.abandon(link, tryId);
    expect(await all(link)).toStrictEqual([link]);
  });

  test('removes a link permanently', async () => {
    const link = linkOf();
    const stays = linkOf({ anchorId: link.anchorId });
    for (const one of [link, stays]) await links.add(one);
    for (let times = 0; times < 2; times += 1) await links.remove(link);
    expect(await all(link)).toStrictEqual([stays]);
  });

  test('removes the link of a try unless another try has written it since', async () => {
    const link = linkOf();
    await links.remove(link, 'one');
    await links.add(link, 'one');
    await links.add(link, 'two');
    await links.remove(link, 'one');
    expect(await all(link)).toStrictEqual([link]);
    for (let times = 0; times < 2; times += 1) await links.remove(link, 'two');
    expect(await all(link)).toStrictEqual([]);
    await links.add(link);
    await links.remove(link, 'two');
    expect(await all(link)).toStrictEqual([link]);
  });

  test.each([1, 2, 3, 7, 8])('returns every link once in pages of %i', async (limit) => {
    const of = freshId();
    const wanted = Array.from({ length: 7 }, () => linkOf({ anchorId: of }));
    for (const link of wanted) await links.add(link);
    const found: JobLink[] = [];
    let afterId: string | undefined;
    do {
      const page = await links.list({ tenant: 'local', kind: 'child', anchorId: of, limit, afterId });
      expect(page.links.length).toBeLessThanOrEqual(limit);
      found.push(...page.links);
      afterId = page.nextAfterId;
    } while (afterId !== undefined);
    expect(found).toStrictEqual(wanted);
  });

  test('continues after a removed link', async () => {
    const of = freshId();
    const [one, two, three] = [linkOf({ anchorId: of }), linkOf({ anchorId: of }), linkOf({ anchorId: of })];
    for (const link of [one, two, three]) await links.add(link);
    await links.remove(two);
    expect(await all({ ...one, afterId: two.jobId })).toStrictEqual([three]);
  });
}
