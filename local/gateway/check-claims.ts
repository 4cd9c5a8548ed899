import { AwsError } from '../aws-error.ts';
import type { CredentialScope } from './sigv4.ts';

/** The claims of a signature about its scope and time. */
export interface SignatureClaims {
  readonly scope: CredentialScope;
  /** Time of signing, `YYYYMMDDTHHMMSSZ`. */
  readonly amzDate: string;
  readonly signedHeaders: readonly string[];
  /** Seconds from 1 to 604,800 for a presigned URL; absent if the signature is in a header. */
  readonly lifetimeSeconds?: number;
}

const minute = 60_000;
/** https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html */
const maxSkewOfS3Ms = 15 * minute;
/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html */
const maxSkewMs = 5 * minute;

/**
 * Throws AWS's error if a signature is too old or not valid yet: `AccessDenied` for a presigned URL,
 * `RequestTimeTooSkewed` in S3 and `InvalidSignatureException` elsewhere.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
 */
export function checkTime({ scope, amzDate, lifetimeSeconds }: SignatureClaims, now: Date): void {
  const age = now.getTime() - signedAt(amzDate);
  if (scope.date !== amzDate.slice(0, 8))
    throw invalidSignature(scope, 'Date in Credential scope does not match');
  if (lifetimeSeconds !== undefined) {
    if (!(age <= lifetimeSeconds * 1000)) throw new AwsError('AccessDenied', 'Request has expired', 403);
    if (age < -maxSkewOfS3Ms) throw new AwsError('AccessDenied', 'Request is not valid yet', 403);
  } else if (scope.service === 's3') {
    const message = 'The difference between the request time and the current time is too large.';
    if (!(Math.abs(age) <= maxSkewOfS3Ms)) throw new AwsError('RequestTimeTooSkewed', message, 403);
  } else if (!(Math.abs(age) <= maxSkewMs)) {
    throw invalidSignature(scope, `Signature ${age > 0 ? 'expired' : 'not yet current'}: ${amzDate}`);
  }
}

/**
 * Throws if the signature does not cover the host or an `x-amz-*` header: `AccessDenied` with the names in
 * `HeadersNotSigned` in S3, `InvalidSignatureException` elsewhere. The hash of the body need not be covered
 * if the signature is in a header, because it is part of the signed text.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
export function checkSignedHeaders(claims: SignatureClaims, headers: Readonly<Record<string, string>>): void {
  const isPresigned = claims.lifetimeSeconds !== undefined;
  const unsigned = Object.keys(headers).filter(
    (name) =>
      (name === 'host' || name.startsWith('x-amz-')) &&
      !claims.signedHeaders.includes(name) &&
      (isPresigned || name !== 'x-amz-content-sha256'),
  );
  if (unsigned.length === 0) return;
  const names = unsigned.sort().join(', ');
  if (claims.scope.service !== 's3')
    throw invalidSignature(claims.scope, `${names} must be a SignedHeader in the AWS Authorization.`);
  const message = 'There were headers present in the request which were not signed';
  throw new AwsError('AccessDenied', message, 403).with({ HeadersNotSigned: names });
}

function invalidSignature({ service }: CredentialScope, message: string): AwsError {
  return new AwsError(service === 's3' ? 'SignatureDoesNotMatch' : 'InvalidSignatureException', message, 403);
}

/** Parses the time of signing, `YYYYMMDDTHHMMSSZ`, to epoch milliseconds; NaN for any other text. */
export function signedAt(amzDate: string): number {
  const [, year, month, day, hour, minutes, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(amzDate) ?? [];
  return Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minutes),
    Number(second),
  );
}
