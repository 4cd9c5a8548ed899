import type { Answer } from './local-errand.ts';

/** Headers that name the request or its time, and so differ from one request to the next; and the length with them. */
const ofTheRequest = ['x-request-id', 'x-amzn-requestid', 'x-amz-apigw-id', 'date', 'content-length'];

/**
 * All of an answer that may differ because of what the request is about: without its own id and time, and with each of the
 * names that it is about (an id, a name, a version) as `{<place>}`. Two such answers are equal byte for byte but for those.
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
