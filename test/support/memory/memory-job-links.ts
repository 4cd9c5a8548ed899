import type { JobLink, JobLinks } from '../../../core/ports/job-links.ts';

/** The in-memory store of the links between jobs. */
export function memoryJobLinks(): JobLinks {
  const links = new Map<string, JobLink>();
  const tries = new Map<string, string | undefined>();
  return {
    async add({ tenant, kind, anchorId, jobId, madeAt }, tryId) {
      const link = { tenant, kind, anchorId, jobId, madeAt };
      const key = keyOf(link);
      const isOther = tryId === undefined || tries.get(key) !== tryId;
      const outcome = isOther && (links.get(key)?.madeAt ?? 0) !== 0 ? 'again' : 'first';
      links.set(key, link);
      tries.set(key, tryId);
      return outcome;
    },
    async abandon(link, tryId) {
      const key = keyOf(link);
      const known = links.get(key);
      if (known === undefined || tries.get(key) !== tryId) return;
      links.set(key, { ...known, madeAt: 0 });
      tries.delete(key);
    },
    async remove(link, tryId) {
      const key = keyOf(link);
      if (tryId !== undefined && tries.get(key) !== tryId) return;
      links.delete(key);
      tries.delete(key);
    },
    async list({ tenant, kind, anchorId, afterId = '', limit }) {
      const found = [...links.values()]
        .filter((link) => link.tenant === tenant && link.kind === kind && link.anchorId === anchorId)
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

function keyOf({ tenant, kind, anchorId, jobId }: Omit<JobLink, 'madeAt'>): string {
  return [tenant, kind, anchorId, jobId].join('#');
}
