import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { readContent } from './content.ts';
import { serveDocs } from './serve-docs.ts';

const content = readContent(import.meta.dirname);

/** Serves the documentation, which needs no key and contains nothing of any tenant. */
export const handler = async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> =>
  serveDocs(content, event);
