import {
  evaluatePreconditions,
  type Preconditions,
  readPreconditions,
} from '../../../core/contract/http/preconditions.ts';
import { type HttpRequest, header } from './api-request.ts';
import { etagOf, type Tagged } from './etag.ts';

/** The preconditions of a request; throws `invalid-request` for one that cannot be read. */
export function preconditionsOf(event: HttpRequest): Preconditions {
  return readPreconditions({
    ifMatch: header(event, 'if-match'),
    ifNoneMatch: header(event, 'if-none-match'),
  });
}

/** Decides for a write whether what is stored, undefined for nothing, is what its request allows to be changed. */
export function expectationOf(event: HttpRequest): (stored: Tagged | undefined) => boolean {
  const preconditions = preconditionsOf(event);
  return (stored) =>
    evaluatePreconditions(preconditions, stored === undefined ? undefined : etagOf(stored)) === 'met';
}
