import { Duration, Validations } from 'aws-cdk-lib';
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
import { Construct } from 'constructs';
import { problemTypes } from '../../core/contract/problems/problem-types.ts';
import type { Route } from '../../core/contract/routes/route.ts';
import { routes } from '../../core/contract/routes/routes.ts';
import { gatewayAnswers, problemTemplate } from './gateway-responses.ts';

export interface HttpApiProps {
  readonly name: string;
  /** Answers as a stream and may hold a call. */
  readonly submit: IFunction;
  /** Answers as a stream that may go on for minutes. */
  readonly live: IFunction;
  /** Answers whole, within 29 s; gets everything that no other function serves, unknown paths included. */
  readonly api: IFunction;
  /** Decides on every call but those of public routes and of workers. */
  readonly authorize: IFunction;
}

const unlogged =
  'It needs a role set for the whole account and region, not ours to change; each function logs what it decides.';
const untraced = 'A trace of each call would add to the cost of each job.';

const acknowledged = [
  { id: 'AwsSolutions-APIG1', reason: unlogged },
  {
    id: 'AwsSolutions-APIG2',
    reason: 'Each route checks its input against the schemas of the contract, and names every fault.',
  },
  {
    id: 'AwsSolutions-APIG3',
    reason:
      'A web ACL costs at rest; the stage is throttled, and all but two harmless routes need a key or a token.',
  },
  { id: 'AwsSolutions-APIG6', reason: unlogged },
  {
    id: 'AwsSolutions-COG4',
    reason: 'Keys of this service are checked by a request authorizer; there are no user pools.',
  },
  { id: 'Serverless-APIGWAccessLogging', reason: unlogged },
  { id: 'Serverless-APIGWXrayEnabled', reason: untraced },
];

/**
 * A Regional REST API made from the route table. Streamed and public routes have methods of their own; all else
 * goes to one function, which knows the table, and from workers without an authorizer. API Gateway's own answers are problem JSON like ours.
 */
export class HttpApi extends Construct {
  readonly restApi: RestApi;
  readonly #whole: LambdaIntegration;
  readonly #integrations: Readonly<Record<Route['servedBy'], LambdaIntegration>>;
  readonly #guarded: MethodOptions;

  constructor(scope: Construct, id: string, props: HttpApiProps) {
    super(scope, id);
    this.restApi = this.#createApi(props.name);
    this.#whole = new LambdaIntegration(props.api, onePermission);
    this.#integrations = {
      submit: streamed(props.submit),
      live: streamed(props.live),
      api: this.#whole,
    };
    const authorizer = this.#createAuthorizer(props.authorize);
    this.#guarded = { authorizer, authorizationType: AuthorizationType.CUSTOM };
    for (const route of routes) this.#addOwnMethod(route);
    this.restApi.root.resourceForPath(workerPath);
    this.#addRest(this.restApi.root);
    this.#narrowPermissions();
    this.#addGatewayResponses();
  }

  /** The address of the API with a slash at its end. */
  get url(): string {
    return this.restApi.url;
  }

  #createApi(restApiName: string): RestApi {
    const restApi = new RestApi(this, 'RestApi', {
      restApiName,
      endpointTypes: [EndpointType.REGIONAL],
      cloudWatchRole: false,
      // Functions receive the bytes of a body, which alone show what is not UTF-8 (decision 30). A MOCK integration, as for
      // CORS, needs `contentHandling: CONVERT_TO_TEXT` beside it.
      binaryMediaTypes: ['*/*'],
      deployOptions: {
        stageName,
        throttlingRateLimit: 1000,
        throttlingBurstLimit: 2000,
        tracingEnabled: false,
      },
    });
    // The stack has an output of its own for the address.
    restApi.node.tryRemoveChild('Endpoint');
    Validations.of(restApi).acknowledge(...acknowledged);
    return restApi;
  }

  /** Asks for no header, so that a call without a key is answered by the function too, and caches nothing. */
  #createAuthorizer(handler: IFunction): RequestAuthorizer {
    const authorizer = new RequestAuthorizer(this, 'Authorizer', {
      handler,
      identitySources: [],
      resultsCacheTtl: Duration.seconds(0),
    });
    // The construct writes an empty string, which API Gateway's own interface does not take: absent means none.
    // https://docs.aws.amazon.com/apigateway/latest/api/API_CreateAuthorizer.html
    const resource = authorizer.node.defaultChild;
    if (resource instanceof CfnAuthorizer) resource.addPropertyDeletionOverride('IdentitySource');
    return authorizer;
  }

  #addOwnMethod(route: Route): void {
    const keyless = route.scope === undefined && route.worker !== true;
    if (!keyless && route.servedBy === 'api') return;
    const resource = this.restApi.root.resourceForPath(route.path);
    const integration = this.#integrations[route.servedBy];
    // What answers GET answers HEAD: API Gateway does not do it by itself, and ANY leads to another function, with a key.
    for (const httpMethod of route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]) {
      if (route.scope !== undefined) resource.addMethod(httpMethod, integration, this.#guarded);
      else
        addOpenMethod(resource, {
          httpMethod,
          integration,
          reason: reasons[route.worker ? 'worker' : 'public'],
        });
    }
  }

  /**
   * Gives a resource and all below it the method ANY, and a greedy child where one can be, because a resource
   * without a method would answer 403 and whether a sibling's greedy child would take over is not documented.
   */
  #addRest(resource: IResource): void {
    const children = resource.node.children.filter((child) => child instanceof Resource);
    for (const child of children) this.#addRest(child);
    this.#addAny(resource);
    // A resource may have one child with a variable in its path.
    if (isLeaf(resource) || children.some((child) => child.path.endsWith('}'))) return;
    this.#addAny(resource.addResource('{proxy+}'));
  }

  /** The routes for workers ask for a token that only the job can tell to be right: no authorizer stands before them. */
  #addAny(resource: IResource): void {
    const integration = this.#whole;
    if (!isForWorkers(resource)) resource.addMethod('ANY', integration, this.#guarded);
    else addOpenMethod(resource, { httpMethod: 'ANY', integration, reason: reasons.worker });
  }

  /** The construct permits every stage, and with them test calls from the console, which no authorizer sees. */
  #narrowPermissions(): void {
    for (const permission of this.restApi.node.findAll())
      if (permission instanceof CfnPermission)
        permission.sourceArn = this.restApi.arnForExecuteApi('*', '/*', stageName);
  }

  #addGatewayResponses(): void {
    for (const answer of gatewayAnswers) {
      this.restApi.addGatewayResponse(answer.responseType, {
        type: ResponseType.of(answer.responseType),
        statusCode: String(problemTypes[answer.slug].status),
        responseHeaders: {
          'Content-Type': "'application/problem+json'",
          'x-request-id': 'context.requestId',
          ...answer.headers,
        },
        templates: { 'application/json': problemTemplate(answer) },
      });
    }
  }
}

const stageName = 'live';

/**
 * One statement a function, however many methods it serves: a resource policy has 20 KB at most, and a statement a method
 * takes 400 bytes of it. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const onePermission = { scopePermissionToMethod: false };

function streamed(handler: IFunction): LambdaIntegration {
  return new LambdaIntegration(handler, {
    ...onePermission,
    responseTransferMode: ResponseTransferMode.STREAM,
    // 29 s when nothing is said; up to 15 minutes for a stream.
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html
    timeout: Duration.seconds(300),
  });
}

const workerPath = '/v1/worker';

function isForWorkers({ path }: IResource): boolean {
  return path === workerPath || path.startsWith(`${workerPath}/`);
}

const reasons = {
  public: 'A public route: it tells nothing of any tenant.',
  worker: 'Its function asks for the token of an attempt, and tells nothing without the right one.',
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

/** Whether no route of the table lies below the resource. */
function isLeaf(resource: IResource): boolean {
  const below = resource.path === '/' ? '/' : `${resource.path}/`;
  return !routes.some((route) => route.path.startsWith(below));
}
