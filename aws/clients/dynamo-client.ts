import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type ClientOptions, clientSettings } from './client-settings.ts';

/** Creates a DynamoDB client with the common timeouts; the caller must destroy it. */
export function dynamoClient(options: ClientOptions = {}): DynamoDBClient {
  return new DynamoDBClient(clientSettings(options));
}
