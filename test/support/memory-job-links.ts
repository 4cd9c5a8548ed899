import type { JobLink, JobLinks } from '../../core/ports/job-links.ts';

/** The in-memory twin of the links between jobs. */
export function memoryJobLinks(): JobLinks {
  const links = new Map<string, JobLink>();
  return {
    async add({ tenant, kind, of, jobId, madeAt }) {
      const link = { tenant, kind, of, jobId, madeAt };
      links.set(keyOf(link), link);
    },
    async remove(link) {
      links.delete(keyOf(link));
    },
    async list({ tenant, kind, of, afterId = '', limit }) {
      const found = [...links.values()]
        .filter((link) => link.tenant === tenant && link.kind === kind && link.of === of)
        .filter(({ jobId }) => jobId > afterId)
        .sort((left, right) => (left.jobId < right.jobId ? -1 : 1));
      const page = structuredClone(found.slice(0, limit));
      const last = page.at(-1);
      return {
        links: page,
        ...(last !== undefined && found.length > page.length ? { nextAfterId: last.jobId } : {}),
      };
    },
  };
}

function keyOf({ tenant, kind, of, jobId }: Omit<JobLink, 'madeAt'>): string {
  return [tenant, kind, of, jobId].join('#');
}
