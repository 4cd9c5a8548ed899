import { adminRoutes } from './admin-routes.ts';
import { dataRoutes } from './data-routes.ts';
import { draftRoutes } from './draft-routes.ts';
import { eventRoutes } from './event-routes.ts';
import { jobRoutes } from './job-routes.ts';
import { lineageRoutes } from './lineage-routes.ts';
import { listRoutes } from './list-routes.ts';
import { logRoutes } from './log-routes.ts';
import { newJobRoutes } from './new-job-routes.ts';
import { operationRoutes } from './operation-routes.ts';
import { relationRoutes } from './relation-routes.ts';
import type { Route } from './route.ts';
import { serviceRoutes } from './service-routes.ts';
import { slotRoutes } from './slot-routes.ts';
import { systemRoutes } from './system-routes.ts';
import { webhookRoutes } from './webhook-routes.ts';
import { workerDataRoutes } from './worker-data-routes.ts';
import { workerRoutes } from './worker-routes.ts';

/**
 * All operations of the API; the source of the router, the API Gateway resources, the OpenAPI document and
 * tests.
 */
export const routes = [
  ...systemRoutes,
  ...serviceRoutes,
  ...newJobRoutes,
  ...listRoutes,
  ...jobRoutes,
  ...logRoutes,
  ...eventRoutes,
  ...relationRoutes,
  ...operationRoutes,
  ...lineageRoutes,
  ...workerRoutes,
  ...draftRoutes,
  ...dataRoutes,
  ...slotRoutes,
  ...workerDataRoutes,
  ...webhookRoutes,
  ...adminRoutes,
] as const satisfies readonly Route[];

export type OperationId = (typeof routes)[number]['operationId'];

/** The IDs of the operations that one function serves. */
export type OperationServedBy<Server extends Route['servedBy']> = Extract<
  (typeof routes)[number],
  { readonly servedBy: Server }
>['operationId'];
