import { textOf } from '../assembly/properties.ts';
import { accessDenied } from '../aws-error.ts';
import type { AccessControl, CloudModel, Principal, Resource } from '../cloud.ts';
import { arnLike } from '../iam/arn-like.ts';
import type { FoundFunction } from './find-function.ts';

const invokeAction = 'lambda:InvokeFunction';

/**
 * Throws `AccessDeniedException` unless the principal may invoke the function: a role by its policies, a
 * service by an `AWS::Lambda::Permission` for the service and its source, and an anonymous caller by the two
 * permissions that make a function URL public. Lambda's own event source mappings need no permission.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
 */
export function requirePermission(
  { model, access }: { readonly model: CloudModel; readonly access: AccessControl },
  { config, invokedArn }: FoundFunction,
  principal: Principal,
): void {
  if (principal.kind === 'operator') return;
  const isFor = (resource: Resource): boolean => {
    const name = textOf(resource.properties, 'FunctionName');
    return name === config.name || name === config.arn || name === invokedArn;
  };
  if (principal.kind === 'anyone') {
    requirePublicUrl(model, isFor, invokedArn);
    return;
  }
  if (principal.kind === 'role') {
    access.require(principal, { action: invokeAction, resource: invokedArn });
    return;
  }
  const permitted =
    model.ofType('AWS::Lambda::Permission').some((it) => isFor(it) && permits(it, principal)) ||
    (principal.service === 'lambda.amazonaws.com' &&
      model.ofType('AWS::Lambda::EventSourceMapping').some(isFor));
  if (!permitted)
    throw accessDenied(`${principal.service} (${principal.sourceArn})`, invokeAction, invokedArn);
}

function permits({ properties }: Resource, principal: Extract<Principal, { kind: 'service' }>): boolean {
  const action = textOf(properties, 'Action');
  const sourceArn = textOf(properties, 'SourceArn');
  const sourceAccount = textOf(properties, 'SourceAccount');
  return (
    (action === invokeAction || action === 'lambda:*') &&
    textOf(properties, 'InvokedViaFunctionUrl') !== 'true' &&
    textOf(properties, 'Principal') === principal.service &&
    (sourceArn === undefined || arnLike(sourceArn, principal.sourceArn)) &&
    (sourceAccount === undefined || sourceAccount === principal.sourceArn.split(':')[4])
  );
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html */
function requirePublicUrl(
  model: CloudModel,
  isFor: (resource: Resource) => boolean,
  invokedArn: string,
): void {
  const allowed = model
    .ofType('AWS::Lambda::Permission')
    .filter((it) => isFor(it) && textOf(it.properties, 'Principal') === '*')
    .filter(({ properties }) => (textOf(properties, 'FunctionUrlAuthType') ?? 'NONE') === 'NONE')
    .map(({ properties }) => textOf(properties, 'Action'));
  for (const action of ['lambda:InvokeFunctionUrl', invokeAction])
    if (!allowed.includes(action)) throw accessDenied('anonymous', action, invokedArn);
}
