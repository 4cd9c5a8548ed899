import { SFNClient } from '@aws-sdk/client-sfn';
import { type ClientOptions, clientSettings } from './client-settings.ts';

/** A Step Functions client with the common time limits; whoever makes it destroys it. */
export function stepFunctionsClient(options: ClientOptions = {}): SFNClient {
  return new SFNClient(clientSettings(options));
}
