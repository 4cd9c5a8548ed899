/** The input of a middleware step, which contains the request to sign. */
interface SignedInput {
  readonly request?: unknown;
}

/** The headers of the checksum that the SDK adds itself; it never adds a SHA-256. */
const defaultChecksumHeader = /^x-amz-(?:sdk-checksum-|checksum-(?!sha256$))/i;

/**
 * A middleware that removes the checksum headers of the SDK. Otherwise a presigned URL would contain the checksum
 * of an empty body, and S3 would reject any other body. A SHA-256 that the caller gave is kept.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-dataintegrity.html
 */
export function dropDefaultChecksum<Input extends SignedInput, Output>(
  next: (input: Input) => Promise<Output>,
) {
  return (input: Input): Promise<Output> => {
    // At this step of the SDK, the request has its headers.
    const { headers } = input.request as { readonly headers: Record<string, string> };
    for (const name of Object.keys(headers)) if (defaultChecksumHeader.test(name)) delete headers[name];
    return next(input);
  };
}
