import { timingSafeEqual } from 'node:crypto';
import { AwsError } from '../aws-error.ts';
import type { Principal } from '../cloud.ts';
import type { AccessKeys } from '../iam/access-keys.ts';
import { contentHashMismatch } from './body-stream.ts';
import { checkSignedHeaders, checkTime, type SignatureClaims } from './check-claims.ts';
import { type SignedParts, sha256Hex, signature, splitUrl } from './sigv4.ts';

/** A request as received, before authentication. */
export interface RawRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Absent if the body is read as a stream after authentication. */
  readonly body?: Buffer;
}

/** The authenticated sender and the service that the request is signed for. */
export interface Authenticated {
  readonly service: string;
  readonly principal: Principal;
  /** SHA-256 of the body in hex, or the literal that replaces it. A body that is read as a stream must have this hash. */
  readonly payloadHash: string;
}

/** The claims of a signature in a header or a presigned query. */
interface Claims extends SignatureClaims {
  readonly accessKeyId: string;
  readonly signature: string;
  readonly payloadHash: string;
}

/**
 * Authenticates the sender by the signature. Throws `AwsError` as AWS does: `MissingAuthenticationToken`,
 * `IncompleteSignature`, `InvalidAccessKeyId`, `SignatureDoesNotMatch`; see `check-claims.ts` for a signature
 * that is too old or covers too little. Signatures of the chunks of a body are not verified.
 */
export function authenticate(request: RawRequest, keys: AccessKeys, now: Date): Authenticated {
  const claims = readClaims(request);
  const sender = keys.find(claims.accessKeyId);
  if (sender === undefined) {
    const message = 'The AWS Access Key Id you provided does not exist in our records.';
    throw new AwsError(
      claims.scope.service === 's3' ? 'InvalidAccessKeyId' : 'UnrecognizedClientException',
      message,
      403,
    );
  }
  const parts: SignedParts = { ...request, ...claims };
  const expected = signature(parts, { ...claims, secretAccessKey: sender.key.secretAccessKey });
  if (!sameText(expected, claims.signature)) throw signatureDoesNotMatch(claims.scope.service);
  checkTime(claims, now);
  checkSignedHeaders(claims, request.headers);
  return {
    service: claims.scope.service,
    principal: sender.principal,
    payloadHash: claims.payloadHash,
  };
}

/**
 * Returns the service that a request claims to be signed for, without verification; undefined if it claims
 * none.
 */
export function claimedService(request: Pick<RawRequest, 'url' | 'headers'>): string | undefined {
  const credential = credentialOf(request);
  return credential?.split('/').at(-2);
}

function credentialOf(request: Pick<RawRequest, 'url' | 'headers'>): string | undefined {
  const header = /Credential=([^,\s]+)/.exec(request.headers['authorization'] ?? '')?.[1];
  return header ?? new URLSearchParams(splitUrl(request.url)[1]).get('X-Amz-Credential') ?? undefined;
}

function readClaims(request: RawRequest): Claims {
  const query = new URLSearchParams(splitUrl(request.url)[1]);
  const header = request.headers['authorization'];
  if (query.has('X-Amz-Signature')) {
    if (header === undefined) return presignedClaims(request, query);
    throw new AwsError('InvalidArgument', 'Only one auth mechanism allowed', 400);
  }
  if (header === undefined) {
    throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token', 403);
  }
  const field = (name: string) => new RegExp(`${name}=([^,\\s]+)`).exec(header)?.[1];
  return complete({
    credential: field('Credential'),
    amzDate: request.headers['x-amz-date'],
    signedHeaders: field('SignedHeaders'),
    signature: field('Signature'),
    payloadHash: payloadHash(request, request.headers['x-amz-content-sha256']),
  });
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
function presignedClaims(request: RawRequest, query: URLSearchParams): Claims {
  const text = (name: string) => query.get(name) ?? undefined;
  const isSigned = text('X-Amz-SignedHeaders')?.split(';').includes('x-amz-content-sha256');
  const signedHash = isSigned ? request.headers['x-amz-content-sha256'] : undefined;
  const claims = complete({
    credential: text('X-Amz-Credential'),
    amzDate: text('X-Amz-Date'),
    signedHeaders: text('X-Amz-SignedHeaders'),
    signature: text('X-Amz-Signature'),
    payloadHash: payloadHash(request, signedHash ?? text('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD'),
  });
  const expires = text('X-Amz-Expires') ?? '';
  const lifetimeSeconds = /^\d{1,6}$/.test(expires) ? Number(expires) : 0;
  if (lifetimeSeconds < 1 || lifetimeSeconds > 604_800)
    throw queryError('X-Amz-Expires must be a whole number from 1 to 604800');
  if (text('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256')
    throw queryError('X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"');
  return { ...claims, lifetimeSeconds };
}

function queryError(message: string): AwsError {
  return new AwsError('AuthorizationQueryParametersError', message, 400);
}

interface RawClaims {
  readonly credential: string | undefined;
  readonly amzDate: string | undefined;
  readonly signedHeaders: string | undefined;
  readonly signature: string | undefined;
  readonly payloadHash: string;
}

function complete(raw: RawClaims): Claims {
  const [accessKeyId, date, region, service, ending] = raw.credential?.split('/') ?? [];
  if (!accessKeyId || !date || !region || !service || ending !== 'aws4_request') {
    throw new AwsError(
      'IncompleteSignature',
      'the credential must be <key>/<date>/<region>/<service>/aws4_request',
      400,
    );
  }
  if (!raw.amzDate || !raw.signedHeaders || !raw.signature) {
    throw new AwsError('IncompleteSignature', 'date, SignedHeaders and Signature are required', 400);
  }
  return {
    accessKeyId,
    scope: { date, region, service },
    amzDate: raw.amzDate,
    signedHeaders: raw.signedHeaders.split(';'),
    signature: raw.signature,
    payloadHash: raw.payloadHash,
  };
}

/**
 * Returns the hash of the body. Only S3 accepts `UNSIGNED-PAYLOAD` and similar values instead. A hash that
 * the sender states must match the body; for a body that is read as a stream, S3 requires it.
 */
function payloadHash(request: RawRequest, named: string | undefined): string {
  const { body } = request;
  if (body === undefined) {
    if (named !== undefined) return named;
    const message = 'Missing required header for this request: x-amz-content-sha256';
    throw new AwsError('InvalidRequest', message, 400);
  }
  if (claimedService(request) !== 's3') return sha256Hex(body);
  if (named !== undefined && !/^[0-9a-f]{64}$/.test(named)) return named;
  const actual = sha256Hex(body);
  if (named === undefined || named === actual) return actual;
  throw contentHashMismatch({ stated: named, actual });
}

function sameText(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

function signatureDoesNotMatch(service: string): AwsError {
  const code = service === 's3' ? 'SignatureDoesNotMatch' : 'InvalidSignatureException';
  const message =
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.';
  return new AwsError(code, message, 403);
}
