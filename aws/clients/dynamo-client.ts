import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type ClientOptions, clientSettings } from './client-settings.ts';

/** A DynamoDB client with the common time limits; whoever makes it destroys it. */
export function dynamoClient(options: ClientOptions = {}): DynamoDBClient {
  return new DynamoDBClient(clientSettings(options));
}
