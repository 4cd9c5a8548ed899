import type { Batch } from '@aws-sdk/client-batch';

/** Finds which revision of a job definition an attempt is to run. */
export interface BatchRevisions {
  /** `name:revision`; undefined when there is no active one. A name with a revision is given back as it is. */
  resolve(client: Batch, jobDefinition: string): Promise<string | undefined>;
  /** Forgets what was found; true when something had been remembered, so that another look may find something else. */
  forget(jobDefinition: string): boolean;
}

const keptMilliseconds = 60_000;

/**
 * Looks up the newest active revision once a minute and name. The revision is named in the submission, so that it stays on
 * record what an attempt ran (https://docs.aws.amazon.com/batch/latest/APIReference/API_DescribeJobDefinitions.html).
 */
export function batchRevisions(now: () => number): BatchRevisions {
  const found = new Map<string, { readonly revision: string; readonly until: number }>();
  return {
    async resolve(client, jobDefinition) {
      if (jobDefinition.includes(':')) return jobDefinition;
      const known = found.get(jobDefinition);
      if (known !== undefined && known.until > now()) return known.revision;
      const newest = await newestRevision(client, jobDefinition);
      if (newest === undefined) return undefined;
      const revision = `${jobDefinition}:${newest}`;
      found.set(jobDefinition, { revision, until: now() + keptMilliseconds });
      return revision;
    },
    forget: (jobDefinition) => found.delete(jobDefinition),
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
