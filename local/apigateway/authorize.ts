import { isRecord } from '../assembly/json.ts';
import { AwsError } from '../aws-error.ts';
import type { FunctionInvoker, InvokeResult, Principal } from '../cloud.ts';
import type { ApiAuthorizer } from './api-definition.ts';
import { headerOf } from './api-request.ts';
import {
  ApiFailure,
  AUTHORIZER_BROKEN,
  AUTHORIZER_UNAVAILABLE,
  accessRefused,
  UNAUTHORIZED,
} from './failure.ts';
import { evaluatePolicy, type Policy, readPolicy } from './policy.ts';
import { type AuthorizerContext, authorizerEvent, type RoutedRequest } from './proxy-event.ts';

/** What an authorizer decided, for all methods: the policy is evaluated for each request anew. */
interface Decision {
  readonly policy: Policy;
  readonly context: AuthorizerContext;
}

/** Asks a method's authorizer. Throws {@link ApiFailure} where the request may not go on. */
export type Authorize = (routed: RoutedRequest, authorizer: ApiAuthorizer) => Promise<AuthorizerContext>;

/** More than so many decisions are not remembered; the oldest goes first. */
const MAXIMUM_CACHED = 1_000;

/**
 * Makes the authorizer of an API. With a time to live, decisions are remembered by the values of the identity
 * sources. A request that lacks one of them is unauthorized without the function being asked.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
 */
export function createAuthorize(invoker: FunctionInvoker): Authorize {
  const cache = new Map<string, { readonly decision: Decision; readonly untilEpochMilliseconds: number }>();
  return async (routed, authorizer) => {
    const identity = authorizer.identitySources.map((source) => identityValue(routed, source));
    if (identity.some((value) => value === undefined || value === '')) throw new ApiFailure(UNAUTHORIZED);
    const isCached = authorizer.resultTtlSeconds > 0 && identity.length > 0;
    const key = JSON.stringify([authorizer.authorizerId, ...identity]);
    const known = isCached ? cache.get(key) : undefined;
    const begin = Date.now();
    const isFresh = known !== undefined && known.untilEpochMilliseconds > begin;
    const decision = isFresh ? known.decision : await ask(invoker, routed, authorizer);
    if (isCached && !isFresh) {
      const [oldest] = cache.keys();
      if (cache.size >= MAXIMUM_CACHED && oldest !== undefined) cache.delete(oldest);
      cache.set(key, { decision, untilEpochMilliseconds: begin + authorizer.resultTtlSeconds * 1_000 });
    }
    const context = { ...decision.context, integrationLatency: Date.now() - begin };
    const verdict = evaluatePolicy(decision.policy, methodArnOf(routed));
    if (verdict !== 'allow') throw new ApiFailure(accessRefused(verdict === 'explicitDeny', context));
    return context;
  };
}

async function ask(
  invoker: FunctionInvoker,
  routed: RoutedRequest,
  authorizer: ApiAuthorizer,
): Promise<Decision> {
  const result = await invokeAuthorizer(invoker, routed, authorizer);
  const answer: unknown = JSON.parse(result.payload);
  if (result.functionError !== undefined) {
    const fault = isRecord(answer) ? answer : {};
    if (fault['errorMessage'] === 'Unauthorized') throw new ApiFailure(UNAUTHORIZED);
    const isTimeout = fault['errorType'] === 'Sandbox.Timedout';
    throw new ApiFailure(isTimeout ? AUTHORIZER_UNAVAILABLE : AUTHORIZER_BROKEN, { cause: answer });
  }
  const decision = readDecision(answer);
  if (decision === undefined) throw new ApiFailure(AUTHORIZER_BROKEN, { cause: answer });
  return decision;
}

async function invokeAuthorizer(
  invoker: FunctionInvoker,
  routed: RoutedRequest,
  authorizer: ApiAuthorizer,
): Promise<InvokeResult> {
  const { accountId, apiId, region } = routed.api;
  const sourceArn = `arn:aws:execute-api:${region}:${accountId}:${apiId}/authorizers/${authorizer.authorizerId}`;
  const principal: Principal =
    authorizer.credentialsArn === undefined
      ? { kind: 'service', service: 'apigateway.amazonaws.com', sourceArn }
      : { kind: 'role', roleArn: authorizer.credentialsArn, sessionName: 'BackplaneAssumeRoleSession' };
  const payload = JSON.stringify(authorizerEvent(routed, methodArnOf(routed)));
  try {
    return await invoker.invoke({ functionName: authorizer.functionArn, payload, principal });
  } catch (cause) {
    const isThrottled = cause instanceof AwsError && cause.code === 'TooManyRequestsException';
    throw new ApiFailure(isThrottled ? AUTHORIZER_UNAVAILABLE : AUTHORIZER_BROKEN, { cause });
  }
}

/** Context values come through as texts; objects and lists are not allowed. */
function readDecision(answer: unknown): Decision | undefined {
  if (!isRecord(answer) || typeof answer['principalId'] !== 'string') return undefined;
  const policy = readPolicy(answer['policyDocument']);
  const context = answer['context'] ?? {};
  if (policy === undefined || !isRecord(context)) return undefined;
  const entries = Object.entries(context).filter(([, value]) => value !== null);
  if (entries.some(([, value]) => typeof value === 'object')) return undefined;
  const texts = Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
  return { policy, context: { ...texts, principalId: answer['principalId'] } };
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/configure-api-gateway-lambda-authorization.html */
function identityValue({ api, request }: RoutedRequest, source: string): string | undefined {
  const [, kind, name = ''] =
    /^(method\.request\.header|method\.request\.querystring|stageVariables|context)\.(.+)$/.exec(source) ??
    [];
  if (kind === 'method.request.header') return headerOf(request, name);
  if (kind === 'method.request.querystring') return request.query[name]?.at(-1);
  if (kind === 'stageVariables') return api.stageVariables?.[name];
  const values: Readonly<Record<string, string>> = {
    httpMethod: request.httpMethod,
    path: request.path,
    'identity.sourceIp': request.sourceIp,
    stage: api.stageName,
  };
  return values[name];
}

/** ARN of the method and the path that are called, with the values of the path in place. */
function methodArnOf({ api, request }: RoutedRequest): string {
  const path = request.path.replace(/^\//, '');
  return `arn:aws:execute-api:${api.region}:${api.accountId}:${api.apiId}/${api.stageName}/${request.httpMethod}/${path}`;
}
