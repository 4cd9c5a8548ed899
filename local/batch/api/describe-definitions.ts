import type { JsonRecord } from '../../json.ts';
import { clientError } from './client-error.ts';
import { type BatchResources, definitionArn } from './find-resource.ts';
import { listIn, refuseMembers } from './request-body.ts';

/**
 * Returns the definitions of one name, the listed ones, or all definitions. Each has one revision, which is active. The
 * response identifies the definitions but does not describe them completely.
 * https://docs.aws.amazon.com/batch/latest/APIReference/API_DescribeJobDefinitions.html
 */
export function describeDefinitions(resources: BatchResources, body: JsonRecord): JsonRecord {
  refuseMembers(body, ['jobDefinitions', 'jobDefinitionName', 'status', 'maxResults', 'nextToken']);
  const { jobDefinitionName: name, status } = body;
  if (name !== undefined && typeof name !== 'string')
    throw clientError('jobDefinitionName must be a string.');
  const listed = listIn(body, 'jobDefinitions')?.map((entry) => definitionArn(resources, String(entry)));
  const found = [...resources.definitions.values()].filter(
    (definition) =>
      (name === undefined || definition.name === name) && (listed?.includes(definition.arn) ?? true),
  );
  const isWanted = status === undefined || status === 'ACTIVE';
  return {
    jobDefinitions: (isWanted ? found : []).map((definition) => ({
      jobDefinitionName: definition.name,
      jobDefinitionArn: definition.arn,
      revision: Number(definition.arn.split(':').at(-1)),
      status: 'ACTIVE',
      type: 'container',
    })),
  };
}
