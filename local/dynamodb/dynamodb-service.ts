import { AwsError } from '../aws-error.ts';
import type { AwsRequest, AwsResponse, AwsService, CloudModel } from '../cloud.ts';
import type { JsonRecord } from '../json.ts';
import { requestBody, targetOperation } from '../request-body.ts';
import { dynamoDbChecks } from './access-checks.ts';
import type { EngineClient } from './engine-client.ts';
import type { TableNames } from './engine-names.ts';

/** Dependencies of the service. */
export interface DynamoDbParts {
  readonly model: CloudModel;
  readonly engine: EngineClient;
  readonly tables: readonly TableNames[];
  /** Called with the stream ARN of each table that was written to. */
  readonly notify: (streamArn: string) => void;
}

/**
 * DynamoDB behind the endpoint. Permissions are checked with the app's names; everything else is passed to the
 * engine. The description of a table states the app's ARNs.
 */
export function dynamoDbService(parts: DynamoDbParts): AwsService {
  return {
    signingName: 'dynamodb',
    checks: dynamoDbChecks(parts.model),
    async handle(request) {
      const operation = targetOperation(request.headers);
      const response = await forward(request.headers, request.body, parts);
      if (response.status === 200 && writes.has(operation)) notifyWritten(requestBody(request.body), parts);
      return operation === 'DescribeTable' ? withOwnNames(response, parts.tables) : response;
    },
  };
}

const writes = new Set(['PutItem', 'UpdateItem', 'DeleteItem']);

/** Headers that the engine needs. Others, such as `Expect`, concern only the client's connection. */
const forwarded = ['x-amz-target', 'x-amz-date', 'authorization', 'content-type'];

async function forward(
  headers: AwsRequest['headers'],
  body: Buffer,
  parts: DynamoDbParts,
): Promise<AwsResponse> {
  const passed = forwarded.flatMap((name) =>
    headers[name] === undefined ? [] : [[name, headers[name]] as const],
  );
  try {
    return await parts.engine.forward(Object.fromEntries(passed), body);
  } catch (cause) {
    const error = new AwsError('InternalServerError', 'the DynamoDB engine did not respond', 500);
    error.cause = cause;
    throw error;
  }
}

function notifyWritten(input: JsonRecord, parts: DynamoDbParts): void {
  const written = parts.tables.find((table) => table.name === input['TableName']);
  if (written?.stream !== undefined) parts.notify(written.stream.arn);
}

function withOwnNames(response: AwsResponse, tables: readonly TableNames[]): AwsResponse {
  const { 'x-amz-crc32': _checksum, ...headers } = response.headers;
  const body = tables.reduce((text, table) => {
    const streamed =
      table.stream === undefined ? text : text.replaceAll(table.stream.engineArn, table.stream.arn);
    return streamed.replaceAll(`"${table.engineArn}`, `"${table.arn}`);
  }, response.body.toString());
  return { ...response, headers, body };
}
