import type { Operation } from './open-api.ts';

/** Returns a call of the operation with curl, with the body of its first example. */
export function curlExample(operation: Operation, access: Access, body: unknown): string {
  const query = operation.parameters
    .filter((parameter) => parameter.in === 'query' && parameter.required === true)
    .map(({ name }) => `${name}=...`)
    .join('&');
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => `$${shellName(name)}`);
  const url = `"$ERRAND_URL${path}${query === '' ? '' : `?${query}`}"`;
  const method =
    operation.method === 'GET' || (operation.method === 'POST' && body !== undefined)
      ? ''
      : `-X ${operation.method} `;
  const lines = [`curl ${method}${url}`];
  if (access === 'key') lines.push('-H "x-api-key: $ERRAND_API_KEY"');
  if (access === 'worker') lines.push('-H "authorization: Bearer $ERRAND_WORKER_TOKEN"');
  if (body !== undefined) {
    lines.push(`-H 'content-type: ${mediaTypeOf(operation)}'`);
    lines.push(`-d '${JSON.stringify(body, null, 2).replaceAll("'", "'\\''")}'`);
  }
  return `${lines.join(' \\\n  ')}\n`;
}

/** What a request must carry. */
export type Access = 'none' | 'key' | 'worker';

function mediaTypeOf({ requestBody }: Operation): string {
  const types = Object.keys(requestBody?.content ?? {});
  return types.includes('application/json') ? 'application/json' : (types[0] ?? 'application/json');
}

function shellName(name: string): string {
  return name.replaceAll(/([a-z])([A-Z])/g, '$1_$2').toUpperCase();
}
