import { inspect } from 'node:util';
import { ServiceFailure } from './service-failure.ts';

/** What can be reported of something that was thrown. */
export interface ThrownText {
  readonly message: string;
  /** Left out where it has no name. */
  readonly type?: string;
  /** Only of a `ServiceFailure`. */
  readonly retryable?: boolean;
}

/**
 * Describes whatever was thrown: a `ServiceFailure` in its own words, any other error by its message and name, all else by
 * its text. Never throws, whatever a getter, a proxy or a `toString` does.
 */
export function describeThrown(thrown: unknown): ThrownText {
  if (isA(thrown, ServiceFailure)) {
    return { ...named(thrown, member(thrown, 'type')), retryable: member(thrown, 'retryable') === true };
  }
  if (isA(thrown, Error)) return named(thrown, member(thrown, 'name'));
  return { message: textOf(thrown) };
}

/** What the value says of itself, where that is more than that it is an object. */
function textOf(value: unknown): string {
  const text = attempted(() => String(value));
  return text === undefined || text === '[object Object]' ? inspected(value) : text;
}

/** As a console would show the value; never throws. */
export function inspected(value: unknown): string {
  return (
    attempted(() => inspect(value)) ??
    `The service threw a value that cannot be shown, of type ${typeof value}.`
  );
}

/** The prototype of a proxy is what its trap says, or throws. */
function isA(value: unknown, type: typeof Error | typeof ServiceFailure): value is object {
  return attempted(() => value instanceof type) === true;
}

function named(error: object, type: unknown): ThrownText {
  const message = member(error, 'message');
  return {
    message: typeof message === 'string' ? message : textOf(message ?? ''),
    ...(typeof type === 'string' ? { type } : {}),
  };
}

function member(value: object, name: string): unknown {
  return attempted(() => Reflect.get(value, name));
}

/** Undefined when it throws. */
function attempted<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
