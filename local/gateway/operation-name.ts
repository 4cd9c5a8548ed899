import type { AccessCheck, AwsRequest } from '../cloud.ts';

/**
 * The API operation of a request, such as `PutItem`: from `X-Amz-Target` where the protocol has it, else
 * from the first permission that the request needs.
 */
export function operationName(request: AwsRequest, checks: readonly AccessCheck[]): string {
  const target = request.headers['x-amz-target']?.split('.').at(-1);
  return target ?? checks[0]?.action.split(':').at(-1) ?? 'Unknown';
}
