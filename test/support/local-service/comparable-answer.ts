import type { Answer } from './local-errand.ts';

/** Headers that name the request or its time, and so differ between requests, and the length with them. */
const ofTheRequest = ['x-request-id', 'x-amzn-requestid', 'x-amz-apigw-id', 'date', 'content-length'];

/**
 * All parts of a response that can depend on the subject of the request: without its own id and time, and with each of the
 * names in the request (an id, a name, a version) as `{<place>}`. Two such responses are otherwise equal byte for byte.
 */
export function comparableAnswer({ status, headers, body }: Answer, names: readonly string[] = []) {
  const kept = Object.fromEntries([...headers].filter(([name]) => !ofTheRequest.includes(name)));
  const requestId = headers.get('x-request-id') ?? '';
  const text = JSON.stringify({ status, headers: kept, body }).replaceAll(requestId || '\n', '{request}');
  return names.reduce(
    (told, name, place) => (name === '' ? told : told.replaceAll(name, `{${place}}`)),
    text,
  );
}
