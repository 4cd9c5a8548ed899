import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { Clock } from '../../core/ports/clock.ts';
import type { JobStore } from '../../core/ports/job-store.ts';
import type { ObjectStore } from '../../core/ports/object-store.ts';
import type { ServiceStore } from '../../core/ports/service-store.ts';
import type { Caller } from '../_shared/api-request.ts';

export interface ApiDeps {
  readonly jobs: JobStore;
  readonly services: ServiceStore;
  readonly objects: ObjectStore;
  readonly clock: Clock;
}

export interface OperationInput {
  readonly deps: ApiDeps;
  readonly event: APIGatewayProxyEvent;
  /** The variable segments of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Already known to hold the route's scope; on public routes nobody. */
  readonly caller: Caller;
  /** Without a slash at its end. */
  readonly baseUrl: string;
}

/** Serves one operation of the route table. */
export type Operation = (input: OperationInput) => Promise<APIGatewayProxyResult> | APIGatewayProxyResult;
