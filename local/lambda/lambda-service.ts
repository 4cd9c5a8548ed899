import { AwsError } from '../aws-error.ts';
import type { AwsRequest, AwsResponse, AwsService, FunctionInvoker, InvokeRequest } from '../cloud.ts';
import { accountSettings } from './account-settings.ts';
import type { Concurrency } from './concurrency.ts';

const settingsPath = /^\/2016-08-19\/account-settings\/?$/;
const invokePath = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/**
 * Serves two operations of Lambda's HTTP interface: `GetAccountSettings`, and `Invoke` with a synchronous
 * response (`RequestResponse`), asynchronously (`Event`) or without a run (`DryRun`). `arnOf` returns the ARN
 * for any name of a function that a caller may use.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export function lambdaService(
  invoker: FunctionInvoker,
  arnOf: (name: string) => string,
  concurrency: Omit<Concurrency, 'require'>,
): AwsService {
  return {
    signingName: 'lambda',
    // The operation has no resource: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
    checks: (request) => [
      readsSettings(request)
        ? { action: 'lambda:GetAccountSettings', resource: '*' }
        : { action: 'lambda:InvokeFunction', resource: arnOf(functionNameOf(request)) },
    ],
    handle: async (request) =>
      readsSettings(request) ? accountSettings(concurrency) : handleInvoke(invoker, request),
  };
}

function readsSettings({ method, url }: AwsRequest): boolean {
  return method === 'GET' && settingsPath.test(new URL(url, 'http://lambda').pathname);
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
