import { isRecord } from '../json.ts';

/** The REST API's identity in AWS and its local base URL. */
export interface ApiAddress {
  readonly apiId: string;
  readonly region: string;
  readonly stageNames: readonly string[];
  /** Base URL, such as `http://127.0.0.1:4510`. Local paths do not contain the stage. */
  readonly apiBaseUrl: string;
}

/**
 * Replaces the API's `execute-api` address, including the stage, by the local address in a resolved value, so
 * that links that the product writes lead to this machine. The part after the stage is kept.
 */
export function localApiAddress(value: unknown, address: ApiAddress): unknown {
  if (typeof value === 'string') return replaceIn(value, address);
  if (Array.isArray(value)) return value.map((member) => localApiAddress(member, address));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, localApiAddress(member, address)]),
  );
}

function replaceIn(text: string, address: ApiAddress): string {
  const base = address.apiBaseUrl.replace(/\/$/, '');
  const host = `https://${address.apiId}.execute-api.${address.region}.amazonaws.com/`;
  return address.stageNames.reduce((current, stage) => {
    const whole = `${host}${stage}`;
    const parts = current.split(whole);
    return parts.reduce((left, right) =>
      /^($|[^A-Za-z0-9_-])/.test(right) ? left + base + right : left + whole + right,
    );
  }, text);
}
