import { onTestFinished } from 'vitest';
import { type ContentFaults, startContentServer } from '../../support/content-server.ts';
import { type DataRoutes, dataRoutes } from '../../support/data-routes.ts';
import { problemResponse, type RespondToWorker } from '../../support/worker-server.ts';
import { attemptOn } from '../worker-call.ts';

export interface DataWorld extends DataRoutes {
  readonly faultOf?: ContentFaults;
  /** Replaces responses of the worker routes. */
  readonly respond?: RespondToWorker;
}

/** Pauses between tries, so that tests with many errors are fast. */
export const noPauses = [0, 0, 0, 0, 0];

/** An attempt with data objects: its worker routes, and the store to which their presigned URLs lead. */
export async function dataAttempt(world: DataWorld = {}) {
  const store = await startContentServer(world.faultOf);
  onTestFinished(store.stop);
  const routes = dataRoutes(store, world);
  const called = await attemptOn((request) => world.respond?.(request) ?? routes(request));
  return { ...called, store };
}

/** Responds with a problem at a route. */
export function problemAt(route: RegExp, status: number, slug: string, detail?: string): RespondToWorker {
  return (request) => (route.test(request.route) ? problemResponse(status, slug, detail) : undefined);
}
