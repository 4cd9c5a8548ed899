/**
 * An error of the user's input that stops the synthesis. Its stack contains the message and the calls in the user's own
 * code only, so that the output of the app is readable.
 */
export class SynthesisError extends Error {
  static {
    // Node.js would print a name that is the object's own, in addition to the message.
    Object.defineProperty(SynthesisError.prototype, 'name', { value: 'SynthesisError' });
  }

  constructor(message: string) {
    super(message);
    const frames = (this.stack ?? '').split('\n').filter((line) => /^ {4}at /.test(line));
    this.stack = [message, ...frames.filter(isOfUser)].join('\n');
  }
}

/** In an installed package, the constructs are below `node_modules` too. */
function isOfUser(frame: string): boolean {
  return !/[\\/]node_modules[\\/]|\(?node:|<anonymous>/.test(frame);
}

/** Calls a function and throws its errors of the given classes as `SynthesisError`s with the same message. */
export function asSynthesisErrors<Result>(
  userErrors: ReadonlyArray<new (...parameters: never[]) => Error>,
  run: () => Result,
): Result {
  try {
    return run();
  } catch (error) {
    if (error instanceof Error && userErrors.some((userError) => error instanceof userError))
      throw new SynthesisError(error.message);
    throw error;
  }
}
