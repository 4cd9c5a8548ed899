import type { Batch } from '@aws-sdk/client-batch';

/** Resolves the revision of a job definition that an attempt runs. */
export interface BatchRevisions {
  /**
   * Returns `name:revision`, or undefined without an active revision. A name with a revision is returned
   * unchanged.
   */
  resolve(client: Batch, jobDefinition: string): Promise<string | undefined>;
  /**
   * Removes a cached revision; true when there was one, so that another lookup may return another revision.
   */
  forget(jobDefinition: string): boolean;
}

const cacheMs = 60_000;

/**
 * Looks up the newest active revision at most once a minute per name. The submission contains the revision,
 * so that it is recorded what an attempt ran
 * (https://docs.aws.amazon.com/batch/latest/APIReference/API_DescribeJobDefinitions.html).
 */
export function batchRevisions(now: () => number): BatchRevisions {
  const cache = new Map<string, { readonly revision: string; readonly expiresAt: number }>();
  return {
    async resolve(client, jobDefinition) {
      if (jobDefinition.includes(':')) return jobDefinition;
      const cached = cache.get(jobDefinition);
      if (cached !== undefined && cached.expiresAt > now()) return cached.revision;
      const newest = await newestRevision(client, jobDefinition);
      if (newest === undefined) return undefined;
      const revision = `${jobDefinition}:${newest}`;
      cache.set(jobDefinition, { revision, expiresAt: now() + cacheMs });
      return revision;
    },
    forget: (jobDefinition) => cache.delete(jobDefinition),
  };
}

async function newestRevision(client: Batch, jobDefinitionName: string): Promise<number | undefined> {
  const revisions: number[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.describeJobDefinitions({ jobDefinitionName, status: 'ACTIVE', nextToken });
    for (const { revision } of page.jobDefinitions ?? [])
      if (revision !== undefined) revisions.push(revision);
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return revisions.length === 0 ? undefined : Math.max(...revisions);
}
