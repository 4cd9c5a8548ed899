import type { JsonObject } from '../../events/json.ts';
import { clientError } from './client-error.ts';
import type { BatchResources } from './find-resource.ts';
import { refuseMembers } from './request-body.ts';

/**
 * Answers the definitions of one name, or all; each has one revision here, and it is active. They are told apart, but not
 * described in full. https://docs.aws.amazon.com/batch/latest/APIReference/API_DescribeJobDefinitions.html
 */
export function describeDefinitions({ definitions }: BatchResources, body: JsonObject): JsonObject {
  refuseMembers(body, ['jobDefinitionName', 'status', 'maxResults', 'nextToken']);
  const { jobDefinitionName: name, status } = body;
  if (name !== undefined && typeof name !== 'string')
    throw clientError('jobDefinitionName must be a string.');
  const found = [...definitions.values()].filter((one) => name === undefined || one.name === name);
  const isWanted = status === undefined || status === 'ACTIVE';
  return {
    jobDefinitions: (isWanted ? found : []).map((one) => ({
      jobDefinitionName: one.name,
      jobDefinitionArn: one.arn,
      revision: Number(one.arn.split(':').at(-1)),
      status: 'ACTIVE',
      type: 'container',
    })),
  };
}
