import { SFNClient } from '@aws-sdk/client-sfn';
import { type ClientOptions, clientSettings } from './client-settings.ts';

/** Creates a Step Functions client with the common timeouts; the caller must destroy it. */
export function stepFunctionsClient(options: ClientOptions = {}): SFNClient {
  return new SFNClient(clientSettings(options));
}
