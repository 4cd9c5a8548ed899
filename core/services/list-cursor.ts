import { serviceName, serviceVersion } from '../contract/names.ts';
import { ProblemError } from '../contract/problems/problem-error.ts';
import { readCursor, writeCursor } from '../paging/cursor.ts';

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
  return writeCursor({ list: 'services', ...scope }, `${after.name}@${after.version}`);
}

/** Throws `bad-cursor` for a cursor of another tenant or filter, and for text that is no cursor. */
export function readServiceCursor(scope: ServiceListScope, cursor: string): ServicePosition {
  const [name, version] = readCursor({ list: 'services', ...scope }, cursor).split('@');
  const isService = serviceName.safeParse(name).success && serviceVersion.safeParse(version).success;
  // A list of one name goes on behind one of its own versions, or the store refuses the key to go on at.
  if (!isService || (scope.name !== undefined && name !== scope.name)) {
    throw new ProblemError('bad-cursor', 'The cursor does not belong to this list; begin again without it');
  }
  return { name: String(name), version: String(version) };
}
