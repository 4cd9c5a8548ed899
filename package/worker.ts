/** `errand/worker`: what the code of a service imports. */
export * from '../worker/index.ts';
