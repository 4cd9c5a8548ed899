/** Thrown when the address of a receiver is not allowed. */
export class ForbiddenAddressError extends Error {
  override readonly name = 'ForbiddenAddressError';
}

/** Thrown when a connection ends without a response; the message is shown to the owner of the webhook. */
export class NoResponseError extends Error {
  override readonly name = 'NoResponseError';
}

const refused = 'The connection was refused';
const closed = 'The connection was closed without a response';
const timedOut = 'The connection could not be established in time';
const notFound = 'The host name was not found';
const unreachable = 'The address of the host cannot be reached';

/** https://nodejs.org/api/errors.html#common-system-errors */
const sentences: Readonly<Record<string, string>> = {
  ECONNREFUSED: refused,
  ECONNRESET: closed,
  ECONNABORTED: closed,
  EPIPE: closed,
  ETIMEDOUT: timedOut,
  ENOTFOUND: notFound,
  ENODATA: notFound,
  EAI_AGAIN: 'The host name could not be resolved',
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  EADDRNOTAVAIL: unreachable,
  HPE_HEADER_OVERFLOW: 'The headers of the response are larger than 16 KB',
};

/** The codes of OpenSSL for certificates have no common beginning: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const tlsCode =
  /^(ERR_TLS_|ERR_SSL_|EPROTO$|CERT_|CRL_|UNABLE_TO_|.*SELF_SIGNED_CERT)|_(CA|CERT|CRL|ISSUER)(_|$)|^HOSTNAME_MISMATCH$/;

/**
 * One sentence for the owner of the webhook, from the code of the error only: the message may contain an address that a name server
 * of the network resolved, which is not for the owner.
 */
export function describeFailure(error: Error, limitMs: number): string {
  if (error.name === 'TimeoutError' || (error.cause as Error | undefined)?.name === 'TimeoutError')
    return `No response within ${limitMs / 1000} s`;
  if (error instanceof ForbiddenAddressError) return 'The address of the host is not a public address';
  if (error instanceof NoResponseError) return error.message;
  const { code = '' } = error as NodeJS.ErrnoException;
  const sentence = sentences[code];
  if (sentence !== undefined) return sentence;
  if (tlsCode.test(code)) return `The TLS connection could not be established (${code})`;
  if (code.startsWith('HPE_')) return `The response is not valid HTTP (${code})`;
  return /^[A-Z][A-Z0-9_]*$/.test(code) ? `The request failed (${code})` : 'The request failed';
}
