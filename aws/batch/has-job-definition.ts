import type { LazyBatchClient } from '../clients/batch-client.ts';

/**
 * Returns whether a job definition has an active revision: the one that the name contains, or any.
 * @see https://docs.aws.amazon.com/batch/latest/APIReference/API_DescribeJobDefinitions.html
 */
export async function hasJobDefinition(
  client: LazyBatchClient,
  jobDefinition: string,
  abortSignal: AbortSignal,
): Promise<boolean> {
  const query = jobDefinition.includes(':')
    ? { jobDefinitions: [jobDefinition] }
    : { jobDefinitionName: jobDefinition, status: 'ACTIVE', maxResults: 1 };
  const { jobDefinitions = [] } = await (await client()).describeJobDefinitions(query, { abortSignal });
  return jobDefinitions.some(({ status }) => status === 'ACTIVE');
}
