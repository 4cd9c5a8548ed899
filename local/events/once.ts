/** Wraps an action so that it runs only at the first call; every call returns the promise of that run. */
export function once(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= action();
    return done;
  };
}
