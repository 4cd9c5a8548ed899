import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/**
 * Loses the response of the next call of a command after the server processed it: the SDK detects a broken
 * connection and sends the call again.
 */
export function loseNextResponse(client: DynamoDBClient, command: string): void {
  let lost = false;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const output = await next(args);
      if (lost || context['commandName'] !== `${command}Command`) return output;
      lost = true;
      throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET', name: 'TimeoutError' });
    },
    { step: 'deserialize', priority: 'low' },
  );
}

/** Runs an action before each call of a command is sent, such as a change by another writer. */
export function beforeEach(client: DynamoDBClient, command: string, action: () => Promise<void>): void {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (context['commandName'] === `${command}Command`) await action();
      return next(args);
    },
    { step: 'initialize' },
  );
}
