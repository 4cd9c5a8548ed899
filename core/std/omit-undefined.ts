/** The keys of a type whose values may be undefined. */
type OptionalKeys<T> = { [Key in keyof T]-?: undefined extends T[Key] ? Key : never }[keyof T];

/** A type whose members that may be undefined are optional instead; a record of a value type holds that type alone. */
export type WithoutUndefined<T> = string extends keyof T
  ? { [Key in keyof T]: Exclude<T[Key], undefined> }
  : { [Key in Exclude<keyof T, OptionalKeys<T>>]: T[Key] } & {
      [Key in OptionalKeys<T>]?: Exclude<T[Key], undefined>;
    };

/** A copy of the object without the members whose value is undefined, as `exactOptionalPropertyTypes` wants them. */
export function omitUndefined<T extends object>(object: T): WithoutUndefined<T> {
  const defined = Object.entries(object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(defined) as WithoutUndefined<T>;
}
