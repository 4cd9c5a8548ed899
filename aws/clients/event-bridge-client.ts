import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { type ClientOptions, clientSettings } from './client-settings.ts';

/** Creates an EventBridge client with the common timeouts; the caller must destroy it. */
export function eventBridgeClient(options: ClientOptions = {}): EventBridgeClient {
  return new EventBridgeClient(clientSettings(options));
}
