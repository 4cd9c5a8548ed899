import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { onTestFinished } from 'vitest';
import { type ApiOptions, startApi } from '../../apigateway/start-api.ts';
import type { Resource } from '../../cloud.ts';
import type { LocalLambda } from '../../lambda/start-lambda.ts';
import { accountId, modelOf, testRegion } from '../fixture/model-of.ts';
import { functionArnOf, lambdaWith, resource } from '../lambda/local-lambda.ts';

export const apiArn = `arn:aws:execute-api:${testRegion}:${accountId}:api1`;

/** A method of the tested API. */
export interface MethodOfTest {
  readonly functionName: string;
  readonly isStreamed?: boolean;
  readonly timeoutMs?: number;
  readonly authorizerId?: string;
}

/** Resources of a REST API. A key of `methods` is a method and a path, such as `GET /jobs/{id}`. */
export function apiResources(
  methods: Readonly<Record<string, MethodOfTest>>,
  apiProperties: object = {},
): readonly Resource[] {
  const paths = new Set(Object.keys(methods).flatMap((key) => parentsOf(key.split(' ')[1] ?? '')));
  const invokers = new Set(Object.values(methods).map((it) => it.functionName));
  return [
    resource('AWS::ApiGateway::RestApi', 'api1', { Name: 'api', ...apiProperties }),
    resource('AWS::ApiGateway::Stage', 'prod', { DeploymentId: 'dep1' }),
    ...[...paths].map((path) => {
      const parent = path.slice(0, path.lastIndexOf('/'));
      return resource('AWS::ApiGateway::Resource', `id:${path}`, {
        ParentId: parent === '' ? 'root' : `id:${parent}`,
        PathPart: path.slice(path.lastIndexOf('/') + 1),
      });
    }),
    ...Object.entries(methods).map(([key, method]) => methodResource(key, method)),
    ...[...invokers].map((name) => permission(name, `${apiArn}/*/*/*`)),
  ];
}

/** Lets API Gateway invoke a function. */
function permission(functionName: string, sourceArn: string): Resource {
  return resource('AWS::Lambda::Permission', `permission-${functionName}`, {
    Action: 'lambda:InvokeFunction',
    FunctionName: functionArnOf(functionName),
    Principal: 'apigateway.amazonaws.com',
    SourceArn: sourceArn,
  });
}

/** A Lambda authorizer with the permission to invoke it. */
export function authorizerResources(
  id: string,
  functionName: string,
  properties: object = {},
): readonly Resource[] {
  return [
    resource('AWS::ApiGateway::Authorizer', id, {
      Type: 'REQUEST',
      AuthorizerUri: invocationUri(functionName, false),
      AuthorizerResultTtlInSeconds: 0,
      ...properties,
    }),
    permission(functionName, `${apiArn}/authorizers/${id}`),
  ];
}

function methodResource(key: string, method: MethodOfTest): Resource {
  const [httpMethod = '', path = ''] = key.split(' ');
  const { functionName, isStreamed = false, timeoutMs, authorizerId } = method;
  return resource('AWS::ApiGateway::Method', `method:${key}`, {
    HttpMethod: httpMethod,
    ResourceId: path === '/' ? 'root' : `id:${path}`,
    ...(authorizerId === undefined
      ? { AuthorizationType: 'NONE' }
      : { AuthorizationType: 'CUSTOM', AuthorizerId: authorizerId }),
    Integration: {
      Type: 'AWS_PROXY',
      IntegrationHttpMethod: 'POST',
      Uri: invocationUri(functionName, isStreamed),
      ...(isStreamed ? { ResponseTransferMode: 'STREAM' } : {}),
      ...(timeoutMs === undefined ? {} : { TimeoutInMillis: timeoutMs }),
    },
  });
}

function invocationUri(functionName: string, isStreamed: boolean): string {
  const [version, action] = isStreamed
    ? ['2021-11-15', 'response-streaming-invocations']
    : ['2015-03-31', 'invocations'];
  return `arn:aws:apigateway:${testRegion}:lambda:path/${version}/functions/${functionArnOf(functionName)}/${action}`;
}

function parentsOf(path: string): readonly string[] {
  const parts = path.split('/').filter((part) => part !== '');
  return parts.map((_part, index) => `/${parts.slice(0, index + 1).join('/')}`);
}

/** Starts an API with its functions for a test, and stops both afterwards. */
export async function apiWith(
  resources: readonly Resource[],
  options: Partial<ApiOptions> = {},
): Promise<{
  readonly url: string;
  readonly lambda: LocalLambda;
  readonly lines: string[];
  stop(): Promise<void>;
}> {
  const { lambda, lines } = lambdaWith(resources);
  const log = (line: string): void => void lines.push(line);
  const api = await startApi({
    model: modelOf(resources),
    invoker: lambda,
    port: 0,
    stopGraceSeconds: 0.1,
    log,
    ...options,
  });
  onTestFinished(() => api.stop());
  return { url: api.url, lambda, lines, stop: api.stop };
}

/** A response as received. */
export interface WireResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

/** Sends a request with its target unchanged; `fetch` would normalise it. */
export function send(
  url: string,
  target: string,
  options: {
    readonly method?: string;
    readonly headers?: readonly string[];
    readonly body?: string | Buffer;
  } = {},
): Promise<WireResponse> {
  const { hostname, port, host } = new URL(url);
  return new Promise((resolve, reject) => {
    const headers = ['Host', host, ...(options.headers ?? [])];
    const body = options.body ?? '';
    const length = body.length === 0 ? [] : ['Content-Length', String(Buffer.byteLength(body))];
    const outgoing = httpRequest(
      {
        hostname,
        port,
        path: target,
        method: options.method ?? 'GET',
        headers: [...headers, ...length],
        agent: false,
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            rawHeaders: incoming.rawHeaders,
            body: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
