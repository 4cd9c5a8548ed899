import { describe, numberOf, objectOf, requiredText, textOf } from '../assembly/properties.ts';
import type { CloudModel, Resource } from '../cloud.ts';
import { compileGatewayResponse, type GatewayResponse } from './gateway-response.ts';

/** A REST API of a template, checked and ready to be served. */
export interface ApiDefinition {
  readonly apiId: string;
  readonly accountId: string;
  readonly region: string;
  readonly deploymentId: string;
  readonly stageName: string;
  readonly binaryMediaTypes: readonly string[];
  readonly resources: readonly ApiResource[];
  /** Gateway responses by response type, such as `UNAUTHORIZED` or `DEFAULT_4XX`. */
  readonly gatewayResponses: ReadonlyMap<string, GatewayResponse>;
}

/** A path of the API that has at least one method. */
export interface ApiResource {
  readonly resourceId: string;
  /** Path template, such as `/jobs/{id}`. */
  readonly path: string;
  /** Methods by HTTP method name, including `ANY`. */
  readonly methods: ReadonlyMap<string, ApiMethod>;
}

export interface ApiMethod {
  /** Absent if the method requires no authorization. */
  readonly authorizer?: ApiAuthorizer;
  readonly functionArn: string;
  readonly isStreamed: boolean;
  readonly timeoutMs: number;
}

/** A Lambda authorizer of type REQUEST. */
export interface ApiAuthorizer {
  readonly authorizerId: string;
  readonly functionArn: string;
}

const defaultTimeoutMs = 29_000;

/**
 * Reads the one REST API of a model. Throws an error that names the resource if the model has no REST API or
 * several, or if a method has an integration or authorizer that cannot run locally. Only Lambda proxy
 * integrations and REQUEST authorizers are supported.
 */
export function readApiDefinition(model: CloudModel): ApiDefinition {
  const api = onlyResource(model, 'AWS::ApiGateway::RestApi');
  const stage = onlyResource(model, 'AWS::ApiGateway::Stage');
  const binaryMediaTypes = api.properties['BinaryMediaTypes'];
  const responses = model.ofType('AWS::ApiGateway::GatewayResponse').map(compileGatewayResponse);
  return {
    apiId: api.ref,
    accountId: model.accountId,
    region: model.region,
    deploymentId: textOf(stage.properties, 'DeploymentId') ?? '',
    stageName: stage.ref,
    binaryMediaTypes: Array.isArray(binaryMediaTypes) ? binaryMediaTypes.map(String) : [],
    resources: readResources(model),
    gatewayResponses: new Map(responses.map((response) => [response.responseType, response])),
  };
}

function onlyResource(model: CloudModel, type: string): Resource {
  const [first, second] = model.ofType(type);
  if (first === undefined) throw new Error(`The template has no ${type}`);
  if (second !== undefined)
    throw new Error(`Only one ${type} can be served, but the template also has ${describe(second)}`);
  return first;
}

function readResources(model: CloudModel): readonly ApiResource[] {
  const authorizers = readAuthorizers(model);
  const paths = resourcePaths(model);
  const methodsByPath = Map.groupBy(model.ofType('AWS::ApiGateway::Method'), (method) => {
    return paths.get(requiredText(method, 'ResourceId')) ?? '/';
  });
  return [...methodsByPath].map(([path, methods]) => ({
    path,
    resourceId: methods[0] === undefined ? '' : requiredText(methods[0], 'ResourceId'),
    methods: new Map(
      methods.map((method) => [requiredText(method, 'HttpMethod'), readMethod(method, authorizers)]),
    ),
  }));
}

/** Returns the paths by resource id. A parent that is not a resource of the template is the root resource. */
function resourcePaths(model: CloudModel): ReadonlyMap<string, string> {
  const resources = new Map(model.ofType('AWS::ApiGateway::Resource').map((it) => [it.ref, it]));
  const pathOf = (id: string): string => {
    const resource = resources.get(id);
    if (resource === undefined) return '';
    return `${pathOf(requiredText(resource, 'ParentId'))}/${requiredText(resource, 'PathPart')}`;
  };
  return new Map([...resources.keys()].map((id) => [id, pathOf(id)]));
}

function readMethod(method: Resource, authorizers: ReadonlyMap<string, ApiAuthorizer>): ApiMethod {
  const integration = objectOf(method.properties, 'Integration');
  const type = textOf(integration, 'Type');
  if (type !== 'AWS_PROXY') {
    throw new Error(
      `${describe(method)} has integration type ${type}; the local runtime supports only AWS_PROXY to Lambda`,
    );
  }
  const isStreamed = textOf(integration, 'ResponseTransferMode') === 'STREAM';
  const authorizer = authorizerOf(method, authorizers);
  return {
    functionArn: functionArnOf(method, textOf(integration, 'Uri'), isStreamed),
    isStreamed,
    timeoutMs: numberOf(integration, 'TimeoutInMillis') ?? defaultTimeoutMs,
    ...(authorizer === undefined ? {} : { authorizer }),
  };
}

/**
 * Returns the ARN of the function that an integration URI invokes. Streaming needs another API version and
 * action in the URI than buffering. On AWS, a deployment with the wrong URI fails at its first request; the
 * local runtime fails at its start.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
 */
function functionArnOf(resource: Resource, uri: string | undefined, isStreamed: boolean): string {
  const pattern = isStreamed
    ? /:lambda:path\/2021-11-15\/functions\/(arn:.+)\/response-streaming-invocations$/
    : /:lambda:path\/2015-03-31\/functions\/(arn:.+)\/invocations$/;
  const arn = pattern.exec(uri ?? '')?.[1];
  if (arn === undefined)
    throw new Error(`${describe(resource)} has the integration URI ${uri}, which does not invoke a function`);
  return arn;
}

function authorizerOf(
  method: Resource,
  authorizers: ReadonlyMap<string, ApiAuthorizer>,
): ApiAuthorizer | undefined {
  const type = textOf(method.properties, 'AuthorizationType') ?? 'NONE';
  if (type === 'NONE') return undefined;
  const authorizer = authorizers.get(textOf(method.properties, 'AuthorizerId') ?? '');
  if (type !== 'CUSTOM' || authorizer === undefined) {
    throw new Error(
      `${describe(method)} has authorization ${type}; the local runtime supports only Lambda authorizers`,
    );
  }
  return authorizer;
}

function readAuthorizers(model: CloudModel): ReadonlyMap<string, ApiAuthorizer> {
  const authorizers = model.ofType('AWS::ApiGateway::Authorizer').map(readAuthorizer);
  return new Map(authorizers.map((authorizer) => [authorizer.authorizerId, authorizer]));
}

function readAuthorizer(resource: Resource): ApiAuthorizer {
  const type = requiredText(resource, 'Type');
  if (type !== 'REQUEST')
    throw new Error(`${describe(resource)} has type ${type}; the local runtime supports only REQUEST`);
  // On AWS, the default is 300 s.
  if (numberOf(resource.properties, 'AuthorizerResultTtlInSeconds') !== 0)
    throw new Error(
      `${describe(resource)} caches its decisions; the local runtime supports only a time to live of 0`,
    );
  return {
    authorizerId: resource.ref,
    functionArn: functionArnOf(resource, requiredText(resource, 'AuthorizerUri'), false),
  };
}
