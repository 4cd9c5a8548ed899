import type { AccessCheck, AwsRequest } from '../cloud.ts';

/**
 * Returns the API operation of a request, such as `PutItem`: from `X-Amz-Target` if the protocol has it,
 * otherwise from the first permission that the request needs.
 */
export function operationName(request: AwsRequest, checks: readonly AccessCheck[]): string {
  const target = request.headers['x-amz-target']?.split('.').at(-1);
  return target ?? checks[0]?.action.split(':').at(-1) ?? 'Unknown';
}
