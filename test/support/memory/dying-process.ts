import { aroundCalls } from './around-calls.ts';

/** The error of every call of a port once its process has died. */
export class ProcessDied extends Error {
  override readonly name = 'ProcessDied';
}

export interface Death {
  /** The call, counted over all ports from 1, at which the process dies. */
  readonly atCall: number;
  /** Whether that call still takes effect. */
  readonly effect: boolean;
}

/** The named ports of a process that dies at one of its calls; `calls` returns the number of its calls. */
export function dyingProcess<Name extends string, Deps extends Readonly<Record<Name, object>>>(
  deps: Deps,
  names: readonly Name[],
  death: Death,
): { readonly deps: Deps; calls(): number } {
  let calls = 0;
  const mortal = aroundCalls(deps, names, async (call) => {
    calls += 1;
    if (calls > death.atCall || (calls === death.atCall && !death.effect)) throw new ProcessDied();
    const output = await call();
    if (calls >= death.atCall) throw new ProcessDied();
    return output;
  });
  return { deps: mortal, calls: () => calls };
}
