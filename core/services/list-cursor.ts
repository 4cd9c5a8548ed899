import { createHash } from 'node:crypto';
import { serviceName, serviceVersion } from '../contract/names.ts';
import { ProblemError } from '../contract/problem-error.ts';

/** What a list of services is restricted to; a cursor is good for the list that it came from only. */
export interface ServiceListScope {
  readonly tenant: string;
  readonly name?: string;
  readonly tag?: string;
}

export interface ServicePosition {
  readonly name: string;
  readonly version: string;
}

/** The place after a service as opaque text of at most 256 characters. */
export function writeServiceCursor(scope: ServiceListScope, after: ServicePosition): string {
  const text = JSON.stringify([scopeDigest(scope), after.name, after.version]);
  return Buffer.from(text).toString('base64url');
}

/** Throws `bad-cursor` for a cursor of another tenant or filter, and for text that is no cursor. */
export function readServiceCursor(scope: ServiceListScope, cursor: string): ServicePosition {
  const parts = parseParts(cursor);
  const name = serviceName.safeParse(parts[1]);
  const version = serviceVersion.safeParse(parts[2]);
  if (parts[0] !== scopeDigest(scope) || !name.success || !version.success) {
    throw new ProblemError('bad-cursor', 'The cursor does not belong to this list; begin again without it');
  }
  return { name: name.data, version: version.data };
}

function parseParts(cursor: string): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parts) ? parts : [];
  } catch {
    return [];
  }
}

function scopeDigest({ tenant, name, tag }: ServiceListScope): string {
  const text = JSON.stringify(['services', tenant, name ?? null, tag ?? null]);
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}
