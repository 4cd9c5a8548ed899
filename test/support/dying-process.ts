/** What every call of a port throws once its process has died. */
export class ProcessDied extends Error {
  override readonly name = 'ProcessDied';
}

export interface Death {
  /** The call, counted over all ports from 1, at which the process dies. */
  readonly atCall: number;
  /** Whether that call still takes effect. */
  readonly effect: boolean;
}

type Method = (...input: readonly unknown[]) => Promise<unknown>;
type Ports<Name extends string> = Readonly<Record<Name, object>>;

/** The named ports as a process sees them that dies at one of its calls; `calls` tells how many it made. */
export function dyingProcess<Name extends string, Deps extends Ports<Name>>(
  deps: Deps,
  names: readonly Name[],
  death: Death,
): { readonly deps: Deps; calls(): number } {
  let calls = 0;
  const mortal =
    (method: Method): Method =>
    async (...input) => {
      calls += 1;
      if (calls > death.atCall || (calls === death.atCall && !death.effect)) throw new ProcessDied();
      const answer = await method(...input);
      if (calls >= death.atCall) throw new ProcessDied();
      return answer;
    };
  const wrap = (port: object) =>
    Object.fromEntries(
      Object.entries(port).map(([name, member]) => [
        name,
        typeof member === 'function' ? mortal(member) : member,
      ]),
    );
  const wrapped = Object.fromEntries(names.map((name) => [name, wrap(deps[name])]));
  // Each method was replaced by one with the same signature.
  return { deps: { ...deps, ...wrapped } as Deps, calls: () => calls };
}
