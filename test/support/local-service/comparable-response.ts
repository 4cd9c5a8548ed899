import type { ApiResponse } from './local-errand.ts';

/** Headers that name the request or its time, and so differ between requests, and the length with them. */
const requestHeaders = ['x-request-id', 'x-amzn-requestid', 'x-amz-apigw-id', 'date', 'content-length'];

/**
 * All parts of a response that can depend on the subject of the request: without its own id and time, and with each of the
 * names in the request (an id, a name, a version) as `{<place>}`. Two such responses are otherwise equal byte for byte.
 */
export function comparableResponse({ status, headers, body }: ApiResponse, names: readonly string[] = []) {
  const kept = Object.fromEntries([...headers].filter(([name]) => !requestHeaders.includes(name)));
  const requestId = headers.get('x-request-id') ?? '';
  const text = JSON.stringify({ status, headers: kept, body }).replaceAll(requestId || '\n', '{request}');
  return names.reduce(
    (text, name, index) => (name === '' ? text : text.replaceAll(name, `{${index}}`)),
    text,
  );
}
