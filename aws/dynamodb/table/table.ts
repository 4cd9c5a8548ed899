import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** The table of all records, and the client to access it. */
export interface Table {
  readonly client: DynamoDBClient;
  readonly tableName: string;
}

/** An item in the format of DynamoDB. */
export type Item = Record<string, AttributeValue>;
