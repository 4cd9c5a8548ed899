/**
 * The types that the folders of the local runtime share. The runtime knows a synthesized template, not the
 * product that the template describes.
 */

/** The caller, which AWS would know from the signature or from the calling service. */
export type Principal =
  | { readonly kind: 'role'; readonly roleArn: string; readonly sessionName: string }
  /**
   * An AWS service that acts without a role, such as API Gateway when it invokes a function that permits it.
   */
  | { readonly kind: 'service'; readonly service: string; readonly sourceArn: string }
  /** An anonymous caller of a public function URL. */
  | { readonly kind: 'anyone' }
  /** The user of this machine, who has all permissions, like the owner of an account. */
  | { readonly kind: 'operator' };

/** A template resource with every intrinsic resolved. */
export interface Resource {
  readonly stack: string;
  readonly logicalId: string;
  /** CloudFormation type, such as `AWS::Lambda::Function`. */
  readonly type: string;
  /** Value of `Ref`: a name, an id or an ARN, as CloudFormation documents for the type. */
  readonly ref: string;
  /** Absent for types without an ARN. */
  readonly arn?: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** Path of the CDK construct that the resource belongs to, if the template contains it. */
  readonly constructPath?: string;
  /** Absolute path of the asset directory with the resource's code. */
  readonly assetDirectory?: string;
  /** Absolute path of the Dockerfile, if the code is an image asset. */
  readonly dockerfile?: string;
}

/** An output of a stack. */
export interface StackOutput {
  readonly stack: string;
  readonly name: string;
  readonly value: string;
  /** Name under which other stacks can import the value. */
  readonly exportName?: string;
}

/** Cloud assemblies that were read, checked and resolved. */
export interface CloudModel {
  readonly accountId: string;
  readonly region: string;
  readonly resources: readonly Resource[];
  readonly outputs: readonly StackOutput[];
  ofType(type: string): readonly Resource[];
  /** Throws if no resource has this ARN. */
  byArn(arn: string): Resource;
}

/** A permission that a request needs before it is executed. */
export interface AccessCheck {
  /** IAM action, such as `dynamodb:GetItem`. */
  readonly action: string;
  readonly resource: string;
  /** Values of IAM condition keys in this request, such as `dynamodb:LeadingKeys`. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

/** Decides whether a principal has a permission. Anything that cannot be evaluated is denied. */
export interface AccessControl {
  /** Throws `AccessDenied` with the action, resource and principal in the message. */
  require(principal: Principal, check: AccessCheck): void;
}

/** An authenticated request in AWS's own protocol, before its permissions are checked. */
export interface AwsRequest {
  readonly method: string;
  /** Path with query as received, such as `/bucket/key?x-id=PutObject`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /**
   * The body of a request that its service reads as a stream; `body` is then empty. Reading throws if the client breaks
   * off, and at the end if the bytes do not have the signed hash.
   */
  readonly bodyStream?: AsyncIterable<Uint8Array>;
  readonly principal: Principal;
}

export interface AwsResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
  /**
   * Sent instead of `body` if the body is too large for memory; the headers then include `content-length`.
   */
  readonly bodyStream?: AsyncIterable<Uint8Array>;
}

/** A request as received, before authentication. */
export type ReceivedRequest = Pick<AwsRequest, 'method' | 'url' | 'headers'>;

/** What a service permits to web pages of other origins (CORS). */
export interface PageAccess {
  /** Reports whether pages of an origin may send any request at all to a URL. */
  allowsOrigin(origin: string, url: string): boolean;
  /** Responds to a preflight request, which browsers send without a signature. Throws `AwsError` if it is refused. */
  preflight(request: ReceivedRequest): AwsResponse;
  /** Returns the headers of the response to a request by which a browser lets the page read it; none if it may not. */
  headers(request: ReceivedRequest): Readonly<Record<string, string>>;
}

/** An AWS service behind the local endpoint. */
export interface AwsService {
  /**
   * Service part of the SigV4 credential scope: `dynamodb`, `s3`, `states`, `events`, `lambda`, `sqs`,
   * `batch`, `logs`.
   */
  readonly signingName: string;
  /** Returns the permissions that this request needs. The endpoint refuses a request with an empty list. */
  checks(request: AwsRequest): readonly AccessCheck[];
  /** Reports whether the service reads the body of a request as a stream; if absent, it never does. */
  streamsBody?(request: ReceivedRequest): boolean;
  /** What web pages may do; if absent, nothing. */
  readonly pageAccess?: PageAccess;
  handle(request: AwsRequest): Promise<AwsResponse>;
}

/** Result of a synchronous invocation, with AWS's own messages for failures. */
export interface InvokeResult {
  /** JSON text, at most 6 MB. */
  readonly payload: string;
  /** Set if user code or its environment failed; the payload then contains `errorType` and `errorMessage`. */
  readonly functionError?: 'Unhandled';
  /** ID of the invocation, as in the function's context and log. */
  readonly requestId?: string;
}

/** A response that a streaming function writes incrementally. */
export interface StreamedResult {
  /** Resolves at the first write; null if the function sets no prelude. */
  readonly prelude: Promise<{
    readonly statusCode: number;
    readonly headers: Readonly<Record<string, string | readonly string[]>>;
    readonly cookies: readonly string[];
  } | null>;
  readonly body: AsyncIterable<Uint8Array>;
}

export interface InvokeRequest {
  /** Name, or ARN with or without a qualifier. */
  readonly functionName: string;
  /** JSON text. */
  readonly payload: string;
  readonly principal: Principal;
  /** Aborts when no client reads the streamed response any longer. */
  readonly readerDisconnected?: AbortSignal;
}

/**
 * The interface of Lambda to the other local services. Permission is checked here, against role policies or
 * the function's policy.
 */
export interface FunctionInvoker {
  /**
   * Throws `AwsError` with code `ResourceNotFoundException`, `AccessDeniedException` or
   * `TooManyRequestsException`.
   */
  invoke(request: InvokeRequest): Promise<InvokeResult>;
  /** Accepts an event to be processed later, with Lambda's own retries and failure destination. */
  invokeAsync(request: InvokeRequest): Promise<void>;
  invokeStreaming(request: InvokeRequest): Promise<StreamedResult>;
}

/** A payload to deliver to a rule target, the target of a schedule or a failure destination. */
export interface Delivery {
  readonly targetArn: string;
  /** JSON text. */
  readonly payload: string;
  readonly principal: Principal;
}

/**
 * Delivers a payload to a function, queue, bus, bucket or state machine by its ARN, after checking
 * permission.
 */
export type Deliver = (delivery: Delivery) => Promise<void>;

/** A part of the runtime that can be stopped. `stop` settles within 3 s. */
export interface Part {
  stop(): Promise<void>;
}
