/** The outcome of a request: a response, or why there was none. */
export type WebhookResponse =
  | {
      readonly kind: 'response';
      readonly status: number;
      /** The beginning of the body, at most 1,024 bytes; malformed UTF-8 is replaced. */
      readonly answer: string;
      /** The header `Retry-After`. */
      readonly retryAfter?: string;
    }
  | { readonly kind: 'error'; readonly error: string };
