/**
 * The words that the rooms of the local runtime share. The runtime knows a synthesized template, not the
 * product that the template describes.
 */

/** Who makes a call: what AWS would know from the signature, or from the service that calls. */
export type Principal =
  | { readonly kind: 'role'; readonly roleArn: string; readonly sessionName: string }
  /** An AWS service acting without a role, such as API Gateway invoking a function it was permitted to. */
  | { readonly kind: 'service'; readonly service: string; readonly sourceArn: string }
  /** Who is not asked: whoever calls a function URL that is public. */
  | { readonly kind: 'anyone' }
  /** The person at this machine: may do everything, as the owner of an account may. */
  | { readonly kind: 'operator' };

/** One template resource with every intrinsic resolved. */
export interface Resource {
  readonly stack: string;
  readonly logicalId: string;
  /** CloudFormation type, such as `AWS::Lambda::Function`. */
  readonly type: string;
  /** What `Ref` yields: a name, an id or an ARN, as CloudFormation documents for the type. */
  readonly ref: string;
  /** Absent for types without an ARN. */
  readonly arn?: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** Directory of the asset that holds the resource's code, absolute. */
  readonly assetDirectory?: string;
  /** Where the code is an image asset: its Dockerfile, absolute. */
  readonly dockerfile?: string;
}

/** A cloud assembly that was read, checked and resolved. */
export interface CloudModel {
  readonly accountId: string;
  readonly region: string;
  readonly resources: readonly Resource[];
  readonly outputs: ReadonlyArray<{ readonly stack: string; readonly name: string; readonly value: string }>;
  ofType(type: string): readonly Resource[];
  /** Throws when nothing has this ARN. */
  byArn(arn: string): Resource;
}

/** One permission that a request needs before it is carried out. */
export interface AccessCheck {
  /** IAM action, such as `dynamodb:GetItem`. */
  readonly action: string;
  readonly resource: string;
  /** IAM condition keys of this request, such as `dynamodb:LeadingKeys`. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

/** Answers whether a principal may do something. Everything it cannot evaluate is denied. */
export interface AccessControl {
  /** Throws `AccessDenied` naming action, resource and principal. */
  require(principal: Principal, check: AccessCheck): void;
}

/** A request in AWS's own protocol, after its principal was established and before it was permitted. */
export interface AwsRequest {
  readonly method: string;
  /** Path with query as received, such as `/bucket/key?x-id=PutObject`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly principal: Principal;
}

export interface AwsResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
  /** Sent instead of `body` where it is too large for memory; `content-length` is then among the headers. */
  readonly bodyStream?: AsyncIterable<Uint8Array>;
}

/** One AWS service behind the local endpoint. */
export interface AwsService {
  /** Service part of the SigV4 credential scope: `dynamodb`, `s3`, `states`, `events`, `lambda`, `sqs`, `batch`, `logs`. */
  readonly signingName: string;
  /** The permissions that this request needs; an empty list is refused by the endpoint. */
  checks(request: AwsRequest): readonly AccessCheck[];
  handle(request: AwsRequest): Promise<AwsResponse>;
}

/** How a synchronous invocation ended, with AWS's own words for what went wrong. */
export interface InvokeResult {
  /** JSON text, at most 6 MB. */
  readonly payload: string;
  /** Set when user code or its environment failed; the payload then holds `errorType` and `errorMessage`. */
  readonly functionError?: 'Unhandled';
}

/** A response that a streaming function writes as it goes. */
export interface StreamedResult {
  /** Resolves at the first write; null when the function set no prelude. */
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
  /** Aborts when nobody reads the streamed answer any longer. */
  readonly readerGone?: AbortSignal;
}

/** Lambda as the other local services use it. Permission is checked here, by role policy or function policy. */
export interface FunctionInvoker {
  /** Throws `AwsError` `ResourceNotFoundException`, `AccessDeniedException`, `TooManyRequestsException`. */
  invoke(request: InvokeRequest): Promise<InvokeResult>;
  /** Accepts for later, with Lambda's own retries and failure destination. */
  invokeAsync(request: InvokeRequest): Promise<void>;
  invokeStreaming(request: InvokeRequest): Promise<StreamedResult>;
}

/** A named thing that events are delivered to: rule targets, schedules, failure destinations. */
export interface Delivery {
  readonly targetArn: string;
  /** JSON text. */
  readonly payload: string;
  readonly principal: Principal;
}

/** Delivers to a function, queue, bus, bucket or state machine by its ARN, permission checked. */
export type Deliver = (delivery: Delivery) => Promise<void>;

/** A part of the runtime that is started and stopped. Stop settles within 3 s. */
export interface Part {
  stop(): Promise<void>;
}
