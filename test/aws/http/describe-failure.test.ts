import { expect, test } from 'vitest';
import { describeFailure } from '../../../aws/http/describe-failure.ts';

const failure = (code: string) =>
  Object.assign(new Error(`connect ${code} 10.1.2.3:443 (receiver.internal)`), { code });

test.each<readonly [string, string]>([
  ['ECONNREFUSED', 'The connection was refused'],
  ['ECONNRESET', 'The connection was closed without a response'],
  ['ETIMEDOUT', 'The connection could not be established in time'],
  ['ENOTFOUND', 'The host name was not found'],
  ['EAI_AGAIN', 'The host name could not be resolved'],
  ['EHOSTUNREACH', 'The address of the host cannot be reached'],
  ['HPE_INVALID_CONSTANT', 'The response is not valid HTTP (HPE_INVALID_CONSTANT)'],
  ...[
    'CERT_HAS_EXPIRED',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'ERR_SSL_WRONG_VERSION_NUMBER',
    'INVALID_CA',
    'EPROTO',
  ].map((code) => [code, `The TLS connection could not be established (${code})`] as const),
  ['EMFILE', 'The request failed (EMFILE)'],
  ['10.1.2.3', 'The request failed'],
  ['', 'The request failed'],
])('an error with the code %j is described without the address in its message', (code, expected) => {
  expect(describeFailure(failure(code), 15_000)).toBe(expected);
});
