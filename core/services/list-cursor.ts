import { serviceName, serviceVersion } from '../contract/names.ts';
import { ProblemError } from '../contract/problems/problem-error.ts';
import { decodeCursor, encodeCursor } from '../paging/cursor.ts';

/** The filters of a list of services. A cursor is valid only for the list that it belongs to. */
export interface ServiceListScope {
  readonly tenant: string;
  readonly name?: string;
  readonly tag?: string;
}

export interface ServicePosition {
  readonly name: string;
  readonly version: string;
}

/** Encodes the position after a service as opaque text of at most 256 characters. */
export function encodeServiceCursor(scope: ServiceListScope, after: ServicePosition): string {
  return encodeCursor({ list: 'services', ...scope }, `${after.name}@${after.version}`);
}

/**
 * Decodes a cursor. Throws `bad-cursor` for a cursor of another tenant or filter, and for text that is no
 * cursor.
 */
export function decodeServiceCursor(scope: ServiceListScope, cursor: string): ServicePosition {
  const [name, version] = decodeCursor({ list: 'services', ...scope }, cursor).split('@');
  const isService = serviceName.safeParse(name).success && serviceVersion.safeParse(version).success;
  // A list of one name must continue after one of its own versions; the store rejects any other start key.
  if (!isService || (scope.name !== undefined && name !== scope.name)) {
    throw new ProblemError('bad-cursor', 'The cursor does not belong to this list; start again without it');
  }
  return { name: String(name), version: String(version) };
}
