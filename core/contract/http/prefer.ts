import { parameterizedPattern, parseList, parseParameterized } from './header-list.ts';

/** How long a caller is willing to wait. */
export interface WaitPreference {
  /** Greater than 0 and at most the cap; may have a fraction. */
  readonly seconds: number;
}

const number = /^\d{1,9}(?:\.\d{1,9})?$/;

/**
 * Parses `Prefer: wait=N` (RFC 7240) or its alias `Timeout: N`, in seconds. `wait` without a value means the
 * cap, 0 means no wait. Malformed values are ignored, as the RFC requires.
 */
export function parseWait(
  headers: { readonly prefer?: string | undefined; readonly timeout?: string | undefined },
  capSeconds: number,
): WaitPreference | undefined {
  const requestedSeconds = fromPrefer(headers.prefer, capSeconds) ?? fromNumber(headers.timeout?.trim());
  if (requestedSeconds === undefined || requestedSeconds === 0) return undefined;
  return { seconds: Math.min(requestedSeconds, capSeconds) };
}

/** The first `wait` counts; an empty value is equivalent to no value (RFC 7240, 2). */
function fromPrefer(header: string | undefined, capSeconds: number): number | undefined {
  const preferences = parseList(header ?? '', parameterizedPattern);
  const parsed = preferences.flatMap((preference) =>
    preference === undefined ? [] : parseParameterized(preference),
  );
  const wait = parsed.find(({ name }) => name === 'wait');
  if (wait === undefined) return undefined;
  return wait.value === '' ? capSeconds : fromNumber(wait.value);
}

function fromNumber(text: string | undefined): number | undefined {
  return text !== undefined && number.test(text) ? Number(text) : undefined;
}
