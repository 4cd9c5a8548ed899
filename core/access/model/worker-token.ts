import { timingSafeEqual } from 'node:crypto';
import { digest } from '../../std/digest.ts';
import { tenantName } from './tenant-name.ts';

/**
 * The content of a worker token; only the job record shows whether the token belongs to the current claim.
 */
export interface WorkerToken {
  readonly tenant: string;
  /** SHA-256 of the whole token, as stored in the job. */
  readonly digest: string;
}

/**
 * The token of one claim. It contains the tenant, so that the worker routes can read the job by its primary
 * key.
 */
export function workerToken(tenant: string, secret: string): string {
  return `ew_${Buffer.from(tenant).toString('base64url')}.${secret}`;
}

const bearer = /^Bearer +(ew_([A-Za-z0-9_-]{1,64})\.[A-Za-z0-9_-]{1,128}) *$/i;

/** Parses an `Authorization` header; undefined when it is missing or contains no worker token. */
export function parseWorkerToken(authorization: string | undefined): WorkerToken | undefined {
  const [, token, encoded] = bearer.exec(authorization?.trim() ?? '') ?? [];
  if (token === undefined || encoded === undefined) return undefined;
  const tenant = Buffer.from(encoded, 'base64url').toString();
  // Errand issues tokens in the canonical encoding only.
  const canonical = Buffer.from(tenant).toString('base64url') === encoded && token.startsWith('ew_');
  return canonical && tenantName.safeParse(tenant).success ? { tenant, digest: digest(token) } : undefined;
}

/**
 * Length of a token fingerprint in characters: a multiple of four, so that fingerprints can be stored
 * concatenated.
 */
export const tokenFingerprintLength = 16;

/**
 * The part of a token's digest, 12 bytes, by which a job recognizes a token that it issued for an earlier
 * claim.
 */
export function tokenFingerprint(tokenDigest: string): string {
  return tokenDigest.slice(0, tokenFingerprintLength);
}

/** Compares two digests in constant time. */
export function sameDigest(first: string, second: string): boolean {
  const left = Buffer.from(first);
  const right = Buffer.from(second);
  return left.length === right.length && timingSafeEqual(left, right);
}
