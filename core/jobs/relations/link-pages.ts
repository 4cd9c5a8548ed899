import type { JobLink, JobLinks, LinkEnd } from '../../ports/job-links.ts';

/** As many as one read of several jobs takes. */
const pageSize = 100;

/** All links of one end, or those behind a job's id, page by page of at most 100, read as they are taken. */
export async function* linkPages(
  links: Pick<JobLinks, 'list'>,
  { tenant, kind, of }: LinkEnd,
  behindId?: string,
): AsyncGenerator<readonly JobLink[], void> {
  let afterId = behindId;
  do {
    const page = await links.list({ tenant, kind, of, limit: pageSize, afterId });
    if (page.links.length > 0) yield page.links;
    afterId = page.nextAfterId;
  } while (afterId !== undefined);
}
