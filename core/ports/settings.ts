/**
 * The configuration of a deployment. The composition root sets it once, and use cases read it from
 * `deps.settings`; each use case declares the members that it reads.
 */
export interface Settings {
  /**
   * The check interval in milliseconds: how long after the due start of an attempt the reconciler checks
   * whether the attempt was claimed.
   */
  readonly reconcileAfterMs: number;
  /** Ended jobs are deleted after this time; 0 keeps them forever. */
  readonly retentionDays: number;
  /** A data object that is created without an expiry expires after this time; 0 keeps it forever. */
  readonly dataRetentionDays: number;
  /** How long the event log keeps events, in days; 0 for a deployment without an event log. */
  readonly eventLogDays: number;
  /** Maximum number of concurrent long polls and event streams of one tenant. */
  readonly maxHeldCalls: number;
  /** Percentage of the account's concurrency that the long polls and event streams of all tenants may use. */
  readonly heldCallsPercent: number;
  /** Base URL of the API, without a trailing slash; the source of every event. */
  readonly apiBaseUrl: string;
  /** Base URL of the worker routes, without a trailing slash. */
  readonly workerBaseUrl: string;
  /** The prefix of every name that a service definition may contain, such as `errand`. */
  readonly namePrefix: string;
  /** Whether a tenant may override the command and environment of a shared job definition. */
  readonly allowsSharedOverrides: boolean;
  /** Whether webhooks may have loopback addresses, also without TLS; true only on a local service that allows it. */
  readonly allowsLoopbackWebhooks: boolean;
  /** Factor on the delays between the attempts of a webhook delivery; 1 except in tests. */
  readonly webhookDelayScale: number;
}
