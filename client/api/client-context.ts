import type { Settings } from './settings.ts';
import type { Transport } from './transport.ts';

/** What all parts of a client share. */
export interface ClientContext {
  readonly transport: Transport;
  /** Replaced by `errand.configure`. */
  settings: Settings;
}
