import type { AccessCheck, CloudModel, Principal } from '../cloud.ts';
import type { RequestContext } from './conditions.ts';

/**
 * Returns the condition keys of a request: those of the service and the supported global ones. Transport
 * counts as secure, because the call does not leave this machine; on AWS the SDK uses TLS.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export function requestContext(model: CloudModel, principal: Principal, check: AccessCheck): RequestContext {
  const global: Readonly<Record<string, string>> = {
    'aws:SecureTransport': 'true',
    'aws:ResourceAccount': model.accountId,
    'aws:RequestedRegion': model.region,
    'aws:PrincipalIsAWSService': String(principal.kind === 'service'),
    ...principalKeys(model, principal),
  };
  return new Map(
    Object.entries({ ...global, ...check.context }).map(([key, value]) => [
      key.toLowerCase(),
      typeof value === 'string' ? [value] : value,
    ]),
  );
}

function principalKeys(model: CloudModel, principal: Principal): Readonly<Record<string, string>> {
  switch (principal.kind) {
    case 'role':
      return { 'aws:PrincipalArn': principal.roleArn, 'aws:PrincipalAccount': model.accountId };
    case 'service':
      return {
        'aws:PrincipalServiceName': principal.service,
        'aws:SourceArn': principal.sourceArn,
        'aws:SourceAccount': model.accountId,
      };
    case 'anyone':
      return {};
    case 'operator':
      return { 'aws:PrincipalAccount': model.accountId };
  }
}
