import { AwsError } from '../aws-error.ts';
import type { AwsRequest, AwsResponse, AwsService, FunctionInvoker, InvokeRequest } from '../cloud.ts';
import { accountSettings } from './account-settings.ts';
import type { Concurrency } from './concurrency.ts';
import type { FunctionConfig } from './function-config.ts';

/** The functions by any name or ARN that a caller may use. */
interface FunctionLookup {
  /** Returns the ARN for a name, whether or not the function exists. */
  arnOf(name: string): string;
  /** Throws `ResourceNotFoundException`. */
  find(name: string): FunctionConfig;
}

const settingsPath = /^\/2016-08-19\/account-settings\/?$/;
const concurrencyPath = /^\/2019-09-30\/functions\/([^/]+)\/concurrency$/;
const invokePath = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/**
 * Serves three operations of Lambda's HTTP interface: `GetAccountSettings`, `GetFunctionConcurrency`, and `Invoke`
 * with a synchronous response (`RequestResponse`), asynchronously (`Event`) or without a run (`DryRun`).
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export function lambdaService(
  invoker: FunctionInvoker,
  functions: FunctionLookup,
  concurrency: Omit<Concurrency, 'require'>,
): AwsService {
  return {
    signingName: 'lambda',
    // The operation has no resource: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
    checks: (request) => {
      if (readsSettings(request)) return [{ action: 'lambda:GetAccountSettings', resource: '*' }];
      const name = concurrencyOf(request);
      return name === undefined
        ? [{ action: 'lambda:InvokeFunction', resource: functions.arnOf(functionNameOf(request)) }]
        : [{ action: 'lambda:GetFunctionConcurrency', resource: functions.arnOf(name) }];
    },
    handle: async (request) => {
      if (readsSettings(request)) return accountSettings(concurrency);
      const name = concurrencyOf(request);
      return name === undefined ? handleInvoke(invoker, request) : functionConcurrency(functions.find(name));
    },
  };
}

function readsSettings({ method, url }: AwsRequest): boolean {
  return method === 'GET' && settingsPath.test(new URL(url, 'http://lambda').pathname);
}

/** Returns the function of a GetFunctionConcurrency request; undefined for other requests. */
function concurrencyOf({ method, url }: AwsRequest): string | undefined {
  const [, name] = concurrencyPath.exec(new URL(url, 'http://lambda').pathname) ?? [];
  return method === 'GET' && name !== undefined ? decodeURIComponent(name) : undefined;
}

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConcurrency.html */
function functionConcurrency({ reservedConcurrency }: FunctionConfig): AwsResponse {
  const body = JSON.stringify({ ReservedConcurrentExecutions: reservedConcurrency });
  return { status: 200, headers: { 'content-type': 'application/json' }, body };
}

async function handleInvoke(invoker: FunctionInvoker, request: AwsRequest): Promise<AwsResponse> {
  const invocation: InvokeRequest = {
    functionName: functionNameOf(request),
    payload: request.body.length === 0 ? '{}' : request.body.toString('utf8'),
    principal: request.principal,
  };
  const type = headerOf(request, 'x-amz-invocation-type') ?? 'RequestResponse';
  if (type === 'DryRun') return { status: 204, headers: {}, body: '' };
  if (type === 'Event') {
    await invoker.invokeAsync(invocation);
    return { status: 202, headers: {}, body: '' };
  }
  if (type !== 'RequestResponse') {
    throw new AwsError('InvalidParameterValueException', `Unsupported invocation type: ${type}`);
  }
  const result = await invoker.invoke(invocation);
  const failed = result.functionError === undefined ? {} : { 'x-amz-function-error': result.functionError };
  return {
    status: 200,
    headers: {
      'content-type': 'application/json',
      'x-amz-executed-version': '$LATEST',
      ...(result.requestId === undefined ? {} : { 'x-amzn-requestid': result.requestId }),
      ...failed,
    },
    body: result.payload,
  };
}

/** Returns the function of an Invoke request. Throws for every other operation of Lambda. */
function functionNameOf(request: AwsRequest): string {
  const url = new URL(request.url, 'http://lambda');
  const name = invokePath.exec(url.pathname)?.[1];
  if (request.method !== 'POST' || name === undefined) {
    throw new AwsError(
      'UnknownOperationException',
      `${request.method} ${url.pathname} is not supported by the local runtime`,
      404,
    );
  }
  const qualifier = url.searchParams.get('Qualifier');
  const decoded = decodeURIComponent(name);
  return qualifier === null ? decoded : `${decoded}:${qualifier}`;
}

function headerOf(request: AwsRequest, name: string): string | undefined {
  return Object.entries(request.headers).find(([key]) => key.toLowerCase() === name)?.[1];
}
