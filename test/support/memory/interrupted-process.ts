import { aroundCalls } from './around-calls.ts';

export interface Interruption {
  /** The call, counted over all ports from 1, just before which the interruption occurs. */
  readonly beforeCall: number;
  act(): Promise<void>;
}

/** The named ports of a process with an interruption between its calls; `calls` returns the number of its calls. */
export function interruptedProcess<Name extends string, Deps extends Readonly<Record<Name, object>>>(
  deps: Deps,
  names: readonly Name[],
  { beforeCall, act }: Interruption,
): { readonly deps: Deps; calls(): number } {
  let calls = 0;
  const interrupted = aroundCalls(deps, names, async (call) => {
    calls += 1;
    if (calls === beforeCall) await act();
    return call();
  });
  return { deps: interrupted, calls: () => calls };
}
