import type { Route } from './route.ts';
import { draftRoutes } from './routes/draft-routes.ts';
import { jobRoutes } from './routes/job-routes.ts';
import { listRoutes } from './routes/list-routes.ts';
import { logRoutes } from './routes/log-routes.ts';
import { newJobRoutes } from './routes/new-job-routes.ts';
import { relationRoutes } from './routes/relation-routes.ts';
import { serviceRoutes } from './routes/service-routes.ts';
import { systemRoutes } from './routes/system-routes.ts';
import { workerRoutes } from './routes/worker-routes.ts';

/** Every operation of the API: the router, the API's resources, the OpenAPI document and the tests are made from it. */
export const routes = [
  ...systemRoutes,
  ...serviceRoutes,
  ...newJobRoutes,
  ...listRoutes,
  ...jobRoutes,
  ...logRoutes,
  ...relationRoutes,
  ...workerRoutes,
  ...draftRoutes,
] as const satisfies readonly Route[];

export type OperationId = (typeof routes)[number]['operationId'];

/** The operations that one function serves. */
export type OperationServedBy<Server extends Route['servedBy']> = Extract<
  (typeof routes)[number],
  { readonly servedBy: Server }
>['operationId'];
