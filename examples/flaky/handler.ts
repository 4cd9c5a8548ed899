import { defineService } from 'errand/worker';
import { failFirst } from './fail-first.ts';

/** Fails as its parameters specify. Its heartbeats let an attempt that was given up for its time limit end soon after. */
export const handler = defineService(failFirst, { heartbeatEverySeconds: 2 });
