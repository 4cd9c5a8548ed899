import { AwsError } from '../aws-error.ts';
import type { FunctionInvoker, InvokeResult, Principal } from '../cloud.ts';
import { isRecord, parseResult } from '../json.ts';
import type { ApiAuthorizer } from './api-definition.ts';
import {
  ApiFailure,
  accessRefused,
  authorizerBroken,
  authorizerUnavailable,
  unauthorizedFailure,
} from './failure.ts';
import { evaluatePolicy, type Policy, readPolicy } from './policy.ts';
import { type AuthorizerContext, authorizerEvent, type RoutedRequest } from './proxy-event.ts';

/** An authorizer's decision on a request. */
interface Decision {
  readonly policy: Policy;
  readonly context: AuthorizerContext;
}

/** Invokes the authorizer of a method. Throws {@link ApiFailure} if the request is refused. */
export type Authorize = (routed: RoutedRequest, authorizer: ApiAuthorizer) => Promise<AuthorizerContext>;

/**
 * Creates the authorization of an API. The authorizer is invoked for each request.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
 */
export function createAuthorize(invoker: FunctionInvoker): Authorize {
  return async (routed, authorizer) => {
    const begin = Date.now();
    const decision = await requestDecision(invoker, routed, authorizer);
    const context = { ...decision.context, integrationLatency: Date.now() - begin };
    const verdict = evaluatePolicy(decision.policy, methodArnOf(routed));
    if (verdict !== 'allow') throw new ApiFailure(accessRefused(verdict === 'explicitDeny', context));
    return context;
  };
}

async function requestDecision(
  invoker: FunctionInvoker,
  routed: RoutedRequest,
  authorizer: ApiAuthorizer,
): Promise<Decision> {
  const result = await invokeAuthorizer(invoker, routed, authorizer);
  const output: unknown = parseResult(result.payload);
  if (result.functionError !== undefined) {
    const fault = isRecord(output) ? output : {};
    if (fault['errorMessage'] === 'Unauthorized') throw new ApiFailure(unauthorizedFailure);
    const isTimeout = fault['errorType'] === 'Sandbox.Timedout';
    throw new ApiFailure(isTimeout ? authorizerUnavailable : authorizerBroken, { cause: output });
  }
  const decision = readDecision(output);
  if (decision === undefined) throw new ApiFailure(authorizerBroken, { cause: output });
  return decision;
}

async function invokeAuthorizer(
  invoker: FunctionInvoker,
  routed: RoutedRequest,
  authorizer: ApiAuthorizer,
): Promise<InvokeResult> {
  const { accountId, apiId, region } = routed.api;
  const sourceArn = `arn:aws:execute-api:${region}:${accountId}:${apiId}/authorizers/${authorizer.authorizerId}`;
  const principal: Principal = { kind: 'service', service: 'apigateway.amazonaws.com', sourceArn };
  const payload = JSON.stringify(authorizerEvent(routed, methodArnOf(routed)));
  try {
    return await invoker.invoke({ functionName: authorizer.functionArn, payload, principal });
  } catch (cause) {
    const isThrottled = cause instanceof AwsError && cause.code === 'TooManyRequestsException';
    throw new ApiFailure(isThrottled ? authorizerUnavailable : authorizerBroken, { cause });
  }
}

/**
 * Parses the response of an authorizer. Context values are converted to strings; objects and lists are not
 * allowed.
 */
function readDecision(output: unknown): Decision | undefined {
  if (!isRecord(output) || typeof output['principalId'] !== 'string') return undefined;
  const policy = readPolicy(output['policyDocument']);
  const context = output['context'] ?? {};
  if (policy === undefined || !isRecord(context)) return undefined;
  const entries = Object.entries(context).filter(([, value]) => value !== null);
  if (entries.some(([, value]) => typeof value === 'object')) return undefined;
  const texts = Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
  return { policy, context: { ...texts, principalId: output['principalId'] } };
}

/** ARN of the called method and path, with the actual values of the path parameters. */
function methodArnOf({ api, request }: RoutedRequest): string {
  const path = request.path.replace(/^\//, '');
  return `arn:aws:execute-api:${api.region}:${api.accountId}:${api.apiId}/${api.stageName}/${request.httpMethod}/${path}`;
}
