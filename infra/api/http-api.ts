import {
  AuthorizationType,
  CfnAuthorizer,
  EndpointType,
  type IResource,
  LambdaIntegration,
  type MethodOptions,
  RequestAuthorizer,
  Resource,
  ResponseTransferMode,
  ResponseType,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { CfnPermission, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { Duration, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { problemTypes } from '../../core/contract/problems/problem-types.ts';
import { type Route, requiresKey } from '../../core/contract/routes/route.ts';
import { routes } from '../../core/contract/routes/routes.ts';
import { corsHeaders, gatewayResponses, problemTemplate } from './gateway-responses.ts';

export interface HttpApiProps {
  readonly name: string;
  /** Streams its response; may be a long poll. */
  readonly submit: IFunction;
  /** Streams its response for up to minutes. */
  readonly live: IFunction;
  /**
   * Returns buffered responses within 29 s; serves all requests that no other function serves, including
   * unknown paths.
   */
  readonly api: IFunction;
  /** Authorizes every call except those of public routes and of workers. */
  readonly authorize: IFunction;
  /** Serves the documentation. */
  readonly docs: IFunction;
  /** Origins whose web pages may call the API; without any, there are no preflight requests to respond to. */
  readonly corsOrigins: readonly string[];
}

const noAccessLogReason =
  'It needs a role for the whole account and region, which this stack must not change; each function logs its decisions.';
const noTraceReason = 'A trace of each call would add to the cost of each job.';

const acknowledgedFindings = [
  { id: 'AwsSolutions-APIG1', reason: noAccessLogReason },
  {
    id: 'AwsSolutions-APIG2',
    reason: 'Each route validates its input against the schemas of the contract, and reports every error.',
  },
  {
    id: 'AwsSolutions-APIG3',
    reason:
      'A web ACL has a fixed cost; the stage is throttled, and all but a few harmless routes need a key or a token.',
  },
  { id: 'AwsSolutions-APIG6', reason: noAccessLogReason },
  {
    id: 'AwsSolutions-COG4',
    reason: 'API keys of Errand are checked by a request authorizer; there are no user pools.',
  },
  { id: 'Serverless-APIGWAccessLogging', reason: noAccessLogReason },
  { id: 'Serverless-APIGWXrayEnabled', reason: noTraceReason },
];

/**
 * A Regional REST API generated from the route table. Streamed and public routes have their own methods. All
 * other requests go to one function, which has the route table; the worker routes have no authorizer.
 * Responses that API Gateway itself generates are problem JSON too.
 */
export class HttpApi extends Construct {
  readonly restApi: RestApi;
  readonly #defaultIntegration: LambdaIntegration;
  readonly #integrations: Readonly<Record<Route['servedBy'], LambdaIntegration>>;
  readonly #authorized: MethodOptions;
  readonly #corsOrigins: readonly string[];

  constructor(scope: Construct, id: string, props: HttpApiProps) {
    super(scope, id);
    this.restApi = this.#createApi(props.name);
    this.#corsOrigins = props.corsOrigins;
    this.#defaultIntegration = new LambdaIntegration(props.api, onePermission);
    this.#integrations = {
      submit: streamingIntegration(props.submit),
      live: streamingIntegration(props.live),
      api: this.#defaultIntegration,
    };
    const authorizer = this.#createAuthorizer(props.authorize);
    this.#authorized = { authorizer, authorizationType: AuthorizationType.CUSTOM };
    for (const route of routes) this.#addDedicatedMethod(route);
    this.restApi.root.resourceForPath(workerPath);
    this.#addDocs(props.docs);
    this.#addCatchAll(this.restApi.root);
    this.#narrowPermissions();
    this.#addGatewayResponses();
  }

  /** The URL of the API with a trailing slash. */
  get url(): string {
    return this.restApi.url;
  }

  /**
   * The same URL for the functions that the API invokes. `url` refers to the stage, which CloudFormation creates after them.
   * https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-call-api.html
   */
  get urlForItsFunctions(): string {
    const { region, urlSuffix } = Stack.of(this);
    return `https://${this.restApi.restApiId}.execute-api.${region}.${urlSuffix}/${stageName}/`;
  }

  #createApi(restApiName: string): RestApi {
    const restApi = new RestApi(this, 'RestApi', {
      restApiName,
      endpointTypes: [EndpointType.REGIONAL],
      cloudWatchRole: false,
      // Functions receive the bytes of a body, which is the only way to detect invalid UTF-8 (decision 30). A
      // MOCK integration additionally needs `contentHandling: CONVERT_TO_TEXT`.
      binaryMediaTypes: ['*/*'],
      deployOptions: {
        stageName,
        throttlingRateLimit: 1000,
        throttlingBurstLimit: 2000,
        tracingEnabled: false,
      },
    });
    // The stack has its own output for the URL.
    restApi.node.tryRemoveChild('Endpoint');
    Validations.of(restApi).acknowledge(...acknowledgedFindings);
    return restApi;
  }

  /** Has no identity source, so that the function also handles calls without a key, and does not cache. */
  #createAuthorizer(handler: IFunction): RequestAuthorizer {
    const authorizer = new RequestAuthorizer(this, 'Authorizer', {
      handler,
      identitySources: [],
      resultsCacheTtl: Duration.seconds(0),
    });
    // The construct writes an empty string, which the API of API Gateway rejects: an absent property means
    // none. https://docs.aws.amazon.com/apigateway/latest/api/API_CreateAuthorizer.html
    const resource = authorizer.node.defaultChild;
    if (resource instanceof CfnAuthorizer) resource.addPropertyDeletionOverride('IdentitySource');
    return authorizer;
  }

  #addDedicatedMethod(route: Route): void {
    const isPublic = !requiresKey(route) && route.requiresWorkerToken !== true;
    if (!isPublic && route.servedBy === 'api') return;
    const resource = this.restApi.root.resourceForPath(route.path);
    const integration = this.#integrations[route.servedBy];
    // HEAD needs its own method: API Gateway does not derive it from GET, and ANY uses another function, with
    // a key.
    for (const httpMethod of route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]) {
      if (requiresKey(route)) resource.addMethod(httpMethod, integration, this.#authorized);
      else
        addOpenMethod(resource, {
          httpMethod,
          integration,
          reason: reasons[route.requiresWorkerToken ? 'worker' : 'public'],
        });
    }
  }

  /** The documentation is not part of the route table: its function serves all methods of its paths, without a key. */
  #addDocs(handler: IFunction): void {
    const integration = new LambdaIntegration(handler, onePermission);
    const resource = this.restApi.root.resourceForPath(docsPath);
    for (const one of [resource, resource.addResource('{proxy+}')])
      addOpenMethod(one, { httpMethod: 'ANY', integration, reason: reasons.docs });
  }

  /**
   * Adds the method ANY to a resource and all its descendants, and a greedy child where possible, because a
   * resource without a method would return 403, and it is not documented whether a sibling's greedy child
   * would match instead.
   */
  #addCatchAll(resource: IResource): void {
    if (resource.path === docsPath) return;
    const children = resource.node.children.filter((child) => child instanceof Resource);
    for (const child of children) this.#addCatchAll(child);
    this.#addAny(resource);
    // A resource may have one child with a variable in its path.
    if (isLeaf(resource) || children.some((child) => child.path.endsWith('}'))) return;
    this.#addAny(resource.addResource('{proxy+}'));
  }

  /** The worker routes have no authorizer, because their token can only be verified against the job. */
  #addAny(resource: IResource): void {
    const integration = this.#defaultIntegration;
    if (isForWorkers(resource)) {
      addOpenMethod(resource, { httpMethod: 'ANY', integration, reason: reasons.worker });
      return;
    }
    resource.addMethod('ANY', integration, this.#authorized);
    this.#addPreflight(resource);
  }

  /**
   * Browsers send preflight requests without a key. A function responds to them, because a MOCK integration could
   * select one of several origins only with a Velocity template, and would be a second place that decides about
   * origins.
   */
  #addPreflight(resource: IResource): void {
    if (this.#corsOrigins.length === 0) return;
    const integration = this.#defaultIntegration;
    addOpenMethod(resource, { httpMethod: 'OPTIONS', integration, reason: reasons.preflight });
  }

  /** The construct permits all stages, including test calls from the console, which bypass the authorizer. */
  #narrowPermissions(): void {
    for (const permission of this.restApi.node.findAll())
      if (permission instanceof CfnPermission)
        permission.sourceArn = this.restApi.arnForExecuteApi('*', '/*', stageName);
  }

  #addGatewayResponses(): void {
    for (const response of gatewayResponses) {
      this.restApi.addGatewayResponse(response.responseType, {
        type: ResponseType.of(response.responseType),
        statusCode: String(problemTypes[response.slug].status),
        responseHeaders: {
          'Content-Type': "'application/problem+json'",
          'x-request-id': 'context.requestId',
          ...corsHeaders(this.#corsOrigins),
          ...response.headers,
        },
        templates: { 'application/json': problemTemplate(response) },
      });
    }
  }
}

const stageName = 'live';

/**
 * One statement per function, regardless of its methods: a resource policy is limited to 20 KB, and a
 * statement per method takes 400 bytes.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const onePermission = { scopePermissionToMethod: false };

function streamingIntegration(handler: IFunction): LambdaIntegration {
  return new LambdaIntegration(handler, {
    ...onePermission,
    responseTransferMode: ResponseTransferMode.STREAM,
    // The default is 29 s; a stream may take up to 15 minutes.
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html
    timeout: Duration.seconds(300),
  });
}

const workerPath = '/v1/worker';
const docsPath = '/v1/docs';

function isForWorkers({ path }: IResource): boolean {
  return path === workerPath || path.startsWith(`${workerPath}/`);
}

const reasons = {
  docs: 'The documentation is public: it is the same in every deployment.',
  preflight: 'Browsers send preflight requests without a key; the response contains no data.',
  public: 'A public route: it returns no data of any tenant.',
  worker: 'Its function requires the token of an attempt, and returns no data without a valid one.',
} as const;

function addOpenMethod(
  resource: IResource,
  {
    httpMethod,
    integration,
    reason,
  }: { readonly httpMethod: string; readonly integration: LambdaIntegration; readonly reason: string },
): void {
  const method = resource.addMethod(httpMethod, integration, { authorizationType: AuthorizationType.NONE });
  Validations.of(method).acknowledge({ id: 'AwsSolutions-APIG4', reason });
}

/** Whether no route of the table is below the resource. */
function isLeaf(resource: IResource): boolean {
  const below = resource.path === '/' ? '/' : `${resource.path}/`;
  return !routes.some((route) => route.path.startsWith(below));
}
