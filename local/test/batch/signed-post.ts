import { sha256Hex, signature } from '../../gateway/sigv4.ts';
import type { AccessKey } from '../../iam/access-keys.ts';

/** Sends a request in Batch's REST protocol, with the operation in the path. Returns status and JSON. */
export async function signedPost(
  address: string,
  input: object,
  { key, region }: { readonly key: AccessKey; readonly region: string },
) {
  const url = new URL(address);
  const body = JSON.stringify(input);
  const amzDate = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const headers = { host: url.host, 'x-amz-date': amzDate, 'content-type': 'application/json' };
  const signedHeaders = Object.keys(headers).sort();
  const scope = { date: amzDate.slice(0, 8), region, service: 'batch' };
  const parts = { method: 'POST', url: url.pathname, headers, signedHeaders, payloadHash: sha256Hex(body) };
  const signed = signature(parts, { ...key, scope, amzDate });
  const credential = `${key.accessKeyId}/${scope.date}/${scope.region}/${scope.service}/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signedHeaders.join(';')}, Signature=${signed}`;
  const response = await fetch(address, { method: 'POST', headers: { ...headers, authorization }, body });
  // The protocol returns only JSON objects.
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}
