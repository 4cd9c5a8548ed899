/** Status and headers of an HTTP response. A header name may occur more than once. */
export interface ResponseHead {
  readonly status: number;
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>;
}

/** An HTTP response with its complete body. */
export interface HttpResponse extends ResponseHead {
  readonly body: Buffer;
}
