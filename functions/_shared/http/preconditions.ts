import {
  evaluatePreconditions,
  type Preconditions,
  parsePreconditions,
} from '../../../core/contract/http/preconditions.ts';
import { type HttpRequest, header } from './api-request.ts';
import { etagOf, type Versioned } from './etag.ts';

/** Parses the preconditions of a request; throws `invalid-request` for a malformed header. */
export function preconditionsOf(event: HttpRequest): Preconditions {
  return parsePreconditions({
    ifMatch: header(event, 'if-match'),
    ifNoneMatch: header(event, 'if-none-match'),
  });
}

/**
 * The check whether the preconditions of a write are met by the stored resource, undefined if it does not
 * exist.
 */
export function preconditionCheckOf(event: HttpRequest): (stored: Versioned | undefined) => boolean {
  const preconditions = preconditionsOf(event);
  return (stored) =>
    evaluatePreconditions(preconditions, stored === undefined ? undefined : etagOf(stored)) === 'met';
}
