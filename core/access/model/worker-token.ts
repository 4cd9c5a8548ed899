import { timingSafeEqual } from 'node:crypto';
import { digest } from '../../std/digest.ts';
import { tenantName } from './tenant-name.ts';

/** What a worker token tells by itself; only the job knows whether it is the one of the current claim. */
export interface WorkerToken {
  readonly tenant: string;
  /** SHA-256 of the whole token, as the job keeps it. */
  readonly digest: string;
}

/** The token of one claim: it names its tenant, so that the worker routes find the job by its key alone. */
export function workerToken(tenant: string, secret: string): string {
  return `ew_${Buffer.from(tenant).toString('base64url')}.${secret}`;
}

const bearer = /^Bearer +(ew_([A-Za-z0-9_-]{1,64})\.[A-Za-z0-9_-]{1,128}) *$/i;

/** Reads an `Authorization` header; undefined when it is missing or holds no worker token. */
export function parseWorkerToken(authorization: string | undefined): WorkerToken | undefined {
  const [, token, encoded] = bearer.exec(authorization?.trim() ?? '') ?? [];
  if (token === undefined || encoded === undefined) return undefined;
  const tenant = Buffer.from(encoded, 'base64url').toString();
  // What another encoding of the name would decode to is no token of ours.
  const canonical = Buffer.from(tenant).toString('base64url') === encoded && token.startsWith('ew_');
  return canonical && tenantName.safeParse(tenant).success ? { tenant, digest: digest(token) } : undefined;
}

/** Characters of a token's mark: a multiple of four, so that marks can be kept one behind the other. */
export const tokenMarkLength = 16;

/** By what a job knows a token that it issued once, whatever has become of it since: 12 bytes of the token's digest. */
export function tokenMark(tokenDigest: string): string {
  return tokenDigest.slice(0, tokenMarkLength);
}

/** Whether two digests are the same, in a time that does not depend on where they differ. */
export function sameDigest(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
