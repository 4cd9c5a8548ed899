import { inspect } from 'node:util';
import { ServiceFailure } from './service-failure.ts';

/** The reportable description of a thrown value. */
export interface ThrownText {
  readonly message: string;
  /** Absent when the value has no name. */
  readonly type?: string;
  /** Present only for a `ServiceFailure`. */
  readonly retryable?: boolean;
}

/**
 * Describes a thrown value: a `ServiceFailure` by its message, type and retryability, any other error by its
 * message and name, all other values by their text. Never throws, not even if a getter, a proxy or a
 * `toString` does.
 */
export function describeThrown(thrown: unknown): ThrownText {
  if (isA(thrown, ServiceFailure)) {
    return { ...named(thrown, member(thrown, 'type')), retryable: member(thrown, 'retryable') === true };
  }
  if (isA(thrown, Error)) return named(thrown, member(thrown, 'name'));
  return { message: textOf(thrown) };
}

/** Converts a value to text, or inspects it if the text is only that of a plain object. */
function textOf(value: unknown): string {
  const text = attempted(() => String(value));
  return text === undefined || text === '[object Object]' ? inspected(value) : text;
}

/** Formats a value as a console would; never throws. */
export function inspected(value: unknown): string {
  return (
    attempted(() => inspect(value)) ??
    `The service threw a value of type ${typeof value} that cannot be displayed.`
  );
}

/** Like `instanceof`, but never throws: a proxy may determine its prototype in a trap, which may throw. */
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

/** Returns the result of a function, or undefined when it throws. */
function attempted<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
