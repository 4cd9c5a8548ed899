import type { Readable } from 'node:stream';
import type { APIGatewayProxyResult } from 'aws-lambda';

/** A response whose body may be a stream. */
export interface StreamedResponse extends Omit<APIGatewayProxyResult, 'body'> {
  readonly body: string | Readable;
}
