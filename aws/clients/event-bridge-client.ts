import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { type ClientOptions, clientSettings } from './client-settings.ts';

/** An EventBridge client with the common time limits; whoever makes it destroys it. */
export function eventBridgeClient(options: ClientOptions = {}): EventBridgeClient {
  return new EventBridgeClient(clientSettings(options));
}
