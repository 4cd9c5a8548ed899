import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error.ts';
import type { AccessControl, AwsRequest, AwsResponse, AwsService } from '../cloud.ts';
import { errorResponse } from './error-response.ts';
import { requirePermissions } from './require-permissions.ts';

/** The service of a call, and who decides about its permissions. */
export interface CallScope {
  readonly service: AwsService;
  readonly access: AccessControl;
  /** Called for failures of the runtime itself, which the caller receives only as an internal error. */
  readonly onFailure: (error: unknown) => void;
}

/** Executes a call whose sender is already known. Never rejects: every failure is a response, as at the endpoint. */
export async function respondToCall(
  request: AwsRequest,
  { service, access, onFailure }: CallScope,
): Promise<AwsResponse> {
  try {
    requirePermissions(service.checks(request), request.principal, access);
    return await service.handle(request);
  } catch (error) {
    if (!(error instanceof AwsError)) onFailure(error);
    return errorResponse(error, { service: service.signingName, requestId: randomUUID(), resource: '/' });
  }
}
