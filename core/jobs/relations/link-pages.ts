import type { JobLink, JobLinks, LinkEnd } from '../../ports/job-links.ts';

/** The number of jobs that one call of `getMany` reads. */
const pageSize = 100;

/** All links of one end, or those after a job id, in pages of at most 100 that are read on demand. */
export async function* linkPages(
  links: Pick<JobLinks, 'list'>,
  { tenant, kind, anchorId }: LinkEnd,
  startAfterId?: string,
): AsyncGenerator<readonly JobLink[], void> {
  let afterId = startAfterId;
  do {
    const page = await links.list({ tenant, kind, anchorId, limit: pageSize, afterId });
    if (page.links.length > 0) yield page.links;
    afterId = page.nextAfterId;
  } while (afterId !== undefined);
}
