/** The base URL of a running Errand, without a trailing slash, and a key for it. */
export interface ApiAccess {
  readonly url: string;
  readonly apiKey: string;
}
