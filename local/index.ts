/** The public entry: runs a synthesized CDK app on this machine. */
export type { AppSource, LocalApp } from './apps/load-apps.ts';
export type { CloudModel, Resource } from './cloud.ts';
export type { FaultInjector } from './gateway/fault-injector.ts';
export type { LiveFunction, LiveJobDefinition } from './live/live-resources.ts';
export type { LiveServices } from './live/live-services.ts';
export type { LocalOptions } from './local-options.ts';
export { type LocalCloud, localAccount, startLocal } from './start-local.ts';
