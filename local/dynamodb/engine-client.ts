import type { AwsResponse } from '../cloud.ts';
import { httpConnections } from './http-connections.ts';

/** A client of DynamoDB's protocol that calls an engine over persistent connections. */
export interface EngineClient {
  /** Calls an operation for the runtime itself. Throws `EngineError` if the engine refuses it. */
  call(operation: string, input: unknown): Promise<Readonly<Record<string, unknown>>>;
  /** Forwards a request unchanged. Rejects if the engine cannot be reached. */
  forward(headers: Readonly<Record<string, string>>, body: Buffer): Promise<AwsResponse>;
  close(): void;
}

/** An error that the engine returned, with the name of DynamoDB's error. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

/** Opens a client. Operations of DynamoDB Streams are recognized by name. */
export function engineClient(endpoint: string, maxConnections = 128): EngineClient {
  const connections = httpConnections(new URL(endpoint), maxConnections);

  async function forward(headers: Readonly<Record<string, string>>, body: Buffer): Promise<AwsResponse> {
    const response = await connections.post(headers, body);
    return { ...response, headers: kept(response.headers) };
  }

  async function call(operation: string, input: unknown) {
    const body = Buffer.from(JSON.stringify(input));
    const response = await forward(ownHeaders(operation), body);
    const parsed: Readonly<Record<string, unknown>> = JSON.parse(response.body.toString() || '{}');
    if (response.status === 200) return parsed;
    const code = String(parsed['__type']).split('#').at(-1) ?? 'Unknown';
    throw new EngineError(code, String(parsed['message'] ?? parsed['Message'] ?? ''));
  }

  return { call, forward, close: connections.close };
}

const streamOperations = new Set(['ListStreams', 'DescribeStream', 'GetShardIterator', 'GetRecords']);

/** The engine requires a signature but does not verify it. */
function ownHeaders(operation: string): Readonly<Record<string, string>> {
  const api = streamOperations.has(operation) ? 'DynamoDBStreams_20120810' : 'DynamoDB_20120810';
  const credential = 'local/20260101/us-east-1/dynamodb/aws4_request';
  return {
    'x-amz-target': `${api}.${operation}`,
    'x-amz-date': '20260101T000000Z',
    'content-type': 'application/x-amz-json-1.0',
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
  };
}

const keptHeaders = ['content-type', 'x-amzn-requestid', 'x-amz-crc32'];

function kept(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    keptHeaders.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])),
  );
}
