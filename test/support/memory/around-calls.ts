type Method = (...input: readonly unknown[]) => Promise<unknown>;
type Ports<Name extends string> = Readonly<Record<Name, object>>;

/** The ports, with every call of the named ports made by `around`, which decides when and whether it runs. */
export function aroundCalls<Name extends string, Deps extends Ports<Name>>(
  deps: Deps,
  names: readonly Name[],
  around: (call: () => Promise<unknown>) => Promise<unknown>,
): Deps {
  const wrapMethod =
    (method: Method): Method =>
    (...input) =>
      around(() => method(...input));
  const wrapPort = (port: object) =>
    Object.fromEntries(
      Object.entries(port).map(([name, member]) => [
        name,
        typeof member === 'function' ? wrapMethod(member) : member,
      ]),
    );
  const wrapped = Object.fromEntries(names.map((name) => [name, { ...deps[name], ...wrapPort(deps[name]) }]));
  // Each method was replaced by one with the same signature.
  return { ...deps, ...wrapped } as Deps;
}
