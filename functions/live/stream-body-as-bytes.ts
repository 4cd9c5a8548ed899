import { Readable } from 'node:stream';
import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { StreamedResponse } from './streamed-response.ts';

/**
 * Middleware that streams a text body as bytes. Middy splits a text after every 16,384 UTF-16 code units,
 * even within a surrogate pair, whose halves would reach the client as two U+FFFD
 * (https://github.com/middyjs/middy/blob/main/packages/core/executionModeStreamifyResponse.js). Register it
 * first, so that it runs last.
 */
export function bodyAsBytes(): MiddlewareObj<APIGatewayProxyEvent, StreamedResponse> {
  return {
    after: (request) => {
      const { response } = request;
      if (typeof response?.body !== 'string' || response.body === '') return;
      request.response = { ...response, body: Readable.from([Buffer.from(response.body)]) };
    },
  };
}
