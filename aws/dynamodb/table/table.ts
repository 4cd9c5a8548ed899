import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** The one table that holds jobs, services and keys, and the client to reach it. */
export interface Table {
  readonly client: DynamoDBClient;
  readonly tableName: string;
}

/** An item as DynamoDB takes and gives it. */
export type Item = Record<string, AttributeValue>;
