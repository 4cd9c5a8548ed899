import { timingSafeEqual } from 'node:crypto';
import { AwsError } from '../aws-error.ts';
import type { Principal } from '../cloud.ts';
import type { AccessKeys } from '../iam/access-keys.ts';
import { type CredentialScope, type SignedParts, sha256Hex, signature, splitUrl } from './sigv4.ts';

/** A request as it came in, before anything is known of who sent it. */
export interface RawRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Which service a request is signed for and by whom. */
export interface Authenticated {
  readonly service: string;
  readonly principal: Principal;
}

/** The claims that a signature makes, in a header or in a presigned query. */
interface Claims {
  readonly accessKeyId: string;
  readonly scope: CredentialScope;
  readonly amzDate: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly payloadHash: string;
}

/**
 * Names the sender by its signature. Throws `AwsError` as AWS does: `MissingAuthenticationToken`,
 * `IncompleteSignature`, `InvalidAccessKeyId`, `SignatureDoesNotMatch`, and `AccessDenied` ("Request has
 * expired") for a presigned address past its time. Signatures of the chunks in a body are not looked at.
 */
export function authenticate(request: RawRequest, keys: AccessKeys, now: Date): Authenticated {
  const claims = readClaims(request, now);
  const holder = keys.find(claims.accessKeyId);
  if (holder === undefined) {
    const message = 'The AWS Access Key Id you provided does not exist in our records.';
    throw new AwsError(
      claims.scope.service === 's3' ? 'InvalidAccessKeyId' : 'UnrecognizedClientException',
      message,
      403,
    );
  }
  const parts: SignedParts = { ...request, ...claims };
  const wanted = signature(parts, { ...claims, secretAccessKey: holder.key.secretAccessKey });
  if (!sameText(wanted, claims.signature)) throw signatureDoesNotMatch(claims.scope.service);
  return { service: claims.scope.service, principal: holder.principal };
}

/** The service that a request says it is for; undefined when it says nothing. Nothing is checked. */
export function claimedService(request: RawRequest): string | undefined {
  const credential = credentialOf(request);
  return credential?.split('/').at(-2);
}

function credentialOf(request: RawRequest): string | undefined {
  const header = /Credential=([^,\s]+)/.exec(request.headers['authorization'] ?? '')?.[1];
  return header ?? new URLSearchParams(splitUrl(request.url)[1]).get('X-Amz-Credential') ?? undefined;
}

function readClaims(request: RawRequest, now: Date): Claims {
  const query = new URLSearchParams(splitUrl(request.url)[1]);
  if (query.has('X-Amz-Signature')) return presignedClaims(query, now);
  const header = request.headers['authorization'];
  if (header === undefined) {
    throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token', 403);
  }
  const field = (name: string) => new RegExp(`${name}=([^,\\s]+)`).exec(header)?.[1];
  return complete({
    credential: field('Credential'),
    amzDate: request.headers['x-amz-date'],
    signedHeaders: field('SignedHeaders'),
    signature: field('Signature'),
    payloadHash: payloadHash(request),
  });
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
function presignedClaims(query: URLSearchParams, now: Date): Claims {
  const text = (name: string) => query.get(name) ?? undefined;
  const claims = complete({
    credential: text('X-Amz-Credential'),
    amzDate: text('X-Amz-Date'),
    signedHeaders: text('X-Amz-SignedHeaders'),
    signature: text('X-Amz-Signature'),
    payloadHash: text('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD',
  });
  const lifetimeSeconds = Number(query.get('X-Amz-Expires'));
  if (!(lifetimeSeconds >= 1 && lifetimeSeconds <= 604_800)) {
    throw new AwsError(
      'AuthorizationQueryParametersError',
      'X-Amz-Expires must be from 1 to 604800 seconds',
      400,
    );
  }
  const expiresAt = signedAt(claims.amzDate) + lifetimeSeconds * 1000;
  if (!(now.getTime() <= expiresAt)) throw new AwsError('AccessDenied', 'Request has expired', 403);
  return claims;
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

/** A hash that the sender names is only good if the body has it. Only S3 has a word for one that does not. */
function payloadHash(request: RawRequest): string {
  const named = request.headers['x-amz-content-sha256'];
  if (named !== undefined && !/^[0-9a-f]{64}$/.test(named)) return named;
  const actual = sha256Hex(request.body);
  if (named !== undefined && named !== actual && claimedService(request) === 's3') {
    const message = "The provided 'x-amz-content-sha256' header does not match what was computed.";
    throw new AwsError('XAmzContentSHA256Mismatch', message, 400);
  }
  return actual;
}

function signedAt(amzDate: string): number {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(amzDate) ?? [];
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
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
