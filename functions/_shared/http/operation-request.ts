import type { HttpRequest } from './api-request.ts';

/** A request whose route is already matched, with the dependencies to serve it. */
export interface OperationRequest<Deps, Event extends HttpRequest = HttpRequest> {
  readonly deps: Deps;
  readonly event: Event;
  /** The variable segments of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
}
